package dev.penstock.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromotionsTest {
    /// As clocks may begin: their values wrap.
    private static final long START = Long.sum(0, Long.MAX_VALUE - 500);

    private final Promotions promotions = new Promotions(3, START);

    PromotionsTest() {
        promotions.ordered(1, START);
        promotions.confirmed(1, START + 100);
        promotions.ordered(2, START + 1000);
        promotions.confirmed(2, START + 2000);
    }

    @Test
    void bothMayAnswerWhatWasUnderWayDuringAPromotion() {
        assertThat(promotions.objection(1, START + 900, START + 2100)).isEmpty();
        assertThat(promotions.objection(2, START + 900, START + 2100)).isEmpty();
        assertThat(promotions.objection(1, START + 2000, START + 2500)).isEmpty();
        assertThat(promotions.objection(2, START + 500, START + 1000)).isEmpty();
    }

    @Test
    void noneAnswersBeforeItWasPromoted() {
        assertThat(promotions.objection(2, START + 500, START + 999)).contains("not promoted yet");
        assertThat(promotions.objection(3, START + 5000, START + 6000)).contains("not promoted yet");
    }

    @Test
    void noneAnswersWhatWasSentAfterAnotherHadTakenOver() {
        assertThat(promotions.objection(1, START + 5000, START + 6000)).contains("3 us after version 2");
    }

    @Test
    void versionsThatNeverWereAnswerNothing() {
        assertThat(promotions.objection(0, START, START + 1)).contains("no such version");
        assertThat(promotions.objection(4, START, START + 1)).contains("no such version");
    }
}
