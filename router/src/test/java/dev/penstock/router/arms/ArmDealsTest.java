package dev.penstock.router.arms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What is said of answers whose shares a rollout told.
final class ArmDealsTest extends ArmsOfFront {
    private static ArmDeals.Shares shares(long epoch, int canary, int other) {
        return new ArmDeals.Shares(epoch, Map.of("canary", canary, "other", other, "stable", 10_000 - canary - other));
    }

    private static ArmDeals deals(long sinceMillis, List<ArmDeals.Shares> shares) {
        return new ArmDeals("r1", sinceMillis, shares, RewardRange.UNBOUNDED);
    }

    private static ArmKey ofRollout(long epoch) {
        return new ArmKey("front", "front/v1", "r1", epoch, "canary", NEW);
    }

    private static ArmVoice canary(ArmLedgers ledgers, long minute, int weight) {
        return Objects.requireNonNull(ledgers.voice(ArmName.hash("front", "canary"), NEW, minute, weight));
    }

    private static ArmCounts counts(ArmLedgers ledgers, ArmKey key) {
        return ledgers.counts("front").getOrDefault(key, ArmCounts.EMPTY);
    }

    /// The rollout began in minute 10; this server was started in minute 100.
    @Test
    void answersOfBeforeTheServerWasStartedCountUnderTheSharesThatTheyHad() {
        ArmLedgers again = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(6_000_000));
        again.of(ofRollout(2), true);
        int hash = ArmName.hash("front", "canary");
        assertThat(again.voice(hash, NEW, 20, 1_000)).as("as far as is known").isNull();
        again.dealt("front", deals(600_000, List.of(shares(1, 1_000, 0), shares(2, 5_000, 0))));

        assertThat(again.voice(hash, NEW, 9, 1_000)).as("before it began").isNull();
        canary(again, 20, 1_000).label(3, true);
        canary(again, 20, 5_000).reward(4, 0.5);
        canary(again, 20, 3_000).reward(5, 0.25);

        assertThat(counts(again, ofRollout(1)).right().count(3)).isEqualTo(1);
        assertThat(counts(again, ofRollout(2)).rewards().sum()).isEqualTo(0.5);
        assertThat(counts(again, ofRollout(2)).lateRewards().sum())
                .as("of shares that nobody knows")
                .isEqualTo(0.25);
        double before = right(again);

        again.dealt("front", deals(600_000, List.of(shares(2, 5_000, 0))));
        assertThat(again.counts("front")).doesNotContainKey(ofRollout(1));
        assertThat(right(again)).as("totals only grow").isEqualTo(before).isEqualTo(1);
    }

    private static double right(ArmLedgers ledgers) {
        return Objects.requireNonNull(ledgers.totals().get(new ArmName("front", "canary", NEW)))
                .right()
                .sum();
    }

    @Test
    void anArmThatIsThereOnlyLaterKnowsHowItsRolloutDealt() {
        ArmLedgers again = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(6_000_000));
        again.dealt("front", deals(600_000, List.of(shares(1, 1_000, 0))));
        again.of(ofRollout(2), true);
        canary(again, 20, 1_000).label(3, true);

        assertThat(counts(again, ofRollout(1)).right().count(3)).isEqualTo(1);
    }

    /// Shares change in minute 10.
    @Test
    void ofSharesOfOneMinuteTheTokenSaysWhichItWas() {
        ArmLedgers dated = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(600_000));
        dated.of(ofRollout(1), true);
        dated.of(ofRollout(2), true);
        dated.dealt("front", deals(600_000, List.of(shares(1, 1_000, 0), shares(2, 5_000, 0))));
        canary(dated, 10, 1_000).reward(3, 0.25);
        canary(dated, 10, 5_000).reward(3, 0.5);

        assertThat(counts(dated, ofRollout(1)).rewards().sum()).isEqualTo(0.25);
        assertThat(counts(dated, ofRollout(2)).rewards().sum()).isEqualTo(0.5);
    }

    /// Shares that nobody knows, too.
    @Test
    void aRewardCountsForNoMoreThanItsRangeHas() {
        ArmLedgers dated = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(600_000));
        dated.of(ofRollout(1), true);
        dated.dealt("front", new ArmDeals("r1", 0, List.of(shares(1, 1_000, 0)), new RewardRange(-0.5, 2)));
        for (double reward : new double[] {-0.5, -7, 2, 1e9}) {
            canary(dated, 10, 1_000).reward(3, reward);
            canary(dated, 10, 9_000).reward(3, reward);
        }

        ArmCounts counts = counts(dated, ofRollout(1));
        assertThat(counts.rewards().sum()).isEqualTo(3);
        assertThat(counts.rewards().squares(3)).isEqualTo(8.5);
        assertThat(counts.earned().sum()).isEqualTo(2);
        assertThat(counts.lateRewards().sum()).isEqualTo(3);
        assertThat(counts.clipped()).isEqualTo(4);
        assertThat(counts.plus(counts).minus(counts).clipped()).isEqualTo(4);
    }

    /// It had a tenth beside two divisions of the rest: only the minute tells which.
    @Test
    void whatMayBeOfEitherOfTwoSharesIsToldApart() {
        AtomicLong nowMillis = new AtomicLong(600_000);
        ArmLedgers dated = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(nowMillis.get()));
        dated.of(ofRollout(1), true);
        nowMillis.set(1_200_000);
        dated.of(ofRollout(2), true);
        nowMillis.set(1_800_000);
        dated.of(ofRollout(3), true);
        dated.dealt("front", deals(0, List.of(shares(1, 1_000, 0), shares(2, 1_000, 4_000))));
        canary(dated, 15, 1_000).reward(3, 0.25);
        canary(dated, 25, 1_000).reward(3, 0.5);
        canary(dated, 5, 1_000).reward(3, 1);

        assertThat(counts(dated, ofRollout(1)).rewards().sum()).isEqualTo(0.25);
        assertThat(counts(dated, ofRollout(2)).rewards().sum()).isEqualTo(0.5);
        assertThat(counts(dated, ofRollout(3)).lateRewards().sum()).isEqualTo(1);
    }
}
