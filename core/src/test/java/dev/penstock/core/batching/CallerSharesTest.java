package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallerSharesTest {
    private static final int GREEDY = 1;
    private static final int POLITE = 2;
    private static final long AGE = 1_000_000_000;

    private final CallerShares shares = new CallerShares(10);

    @Test
    void oneCallerAloneIsNoCrowd() {
        for (int i = 0; i < 1000; i++) {
            shares.saw(GREEDY, 1, 0);
        }

        assertThat(shares.isCrowded(0)).isFalse();
    }

    @Test
    void whoAsksForMostCrowdsOutWhoAsksForLittle() {
        crowd();

        assertThat(shares.isCrowdedBy(GREEDY, 0)).isTrue();
        assertThat(shares.isCrowdedBy(POLITE, 0)).isFalse();
    }

    @Test
    void whoWasNotThereForLongIsForgotten() {
        crowd();

        assertThat(shares.isCrowded(AGE)).isFalse();
    }

    @Test
    void callersThatAskForAsMuchAreNoCrowd() {
        for (int i = 0; i < 1000; i++) {
            shares.saw(i % 5, 1, 0);
            assertThat(shares.isCrowded(0)).isFalse();
        }
    }

    @Test
    void aNewLeaderTakesTheOldOnesPlace() {
        crowd();
        for (int i = 0; i < 100; i++) {
            shares.saw(POLITE, 1, 0);
        }

        assertThat(shares.isCrowdedBy(POLITE, 0)).isTrue();
        assertThat(shares.isCrowdedBy(GREEDY, 0)).isFalse();
    }

    private void crowd() {
        for (int i = 0; i < 100; i++) {
            shares.saw(GREEDY, 1, 0);
        }
        shares.saw(POLITE, 1, 0);
        shares.saw(GREEDY, 1, 0);
    }
}
