package dev.penstock.router.arms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.monitor.feedback.Prediction;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Counts of arms whose shares, targets and rollouts change.
final class ArmEpochsTest extends ArmsOfFront {
    @Test
    void anEpochHasCountsOfItsOwnAndGoesOnWhenItComesBack() {
        end(canary(1), AssignmentReason.HASH, 1, null);
        end(canary(2), AssignmentReason.HASH, 2, null);
        end(canary(1), AssignmentReason.HASH, 3, null);

        assertThat(counts(canary(1)).requests()).isEqualTo(2);
        assertThat(counts(canary(2)).requests()).isEqualTo(1);
    }

    /// A bandit deals each minute or each second; a unit that comes back to its arm is no other one.
    @Test
    void aBucketCountsOnceInASubWindowHoweverOftenSharesAreDealt() {
        for (int epoch = 0; epoch < 10; epoch++) {
            end(often("canary", epoch), AssignmentReason.HASH, 1, ErrorCode.MODEL_FAILED);
            end(often("canary", epoch), AssignmentReason.HASH, 2, null);
        }
        ledgers.tick(ArmLedgers.SUB_WINDOW.toNanos());
        end(often("canary", 10), AssignmentReason.HASH, 1, ErrorCode.MODEL_FAILED);

        // One that other shares give to the default arm.
        end(often("stable", 10), AssignmentReason.HASH, 1, ErrorCode.MODEL_FAILED);

        OnceCounts once = OnceCounts.NONE;
        long latencies = 0;
        for (ArmCounts counts : ledgers.counts("front").values()) {
            once = once.plus(counts.once());
            latencies += counts.latencyOnce().count();
        }
        assertThat(once).isEqualTo(new OnceCounts(3, 2, 0, 0));
        assertThat(latencies).isEqualTo(1);
    }

    private ArmObserver often(String arm, long epoch) {
        ModelKey target = arm.equals("canary") ? NEW : OLD;
        return ledgers.ofOftenDealt(new ArmKey("front", "front/v1", "", epoch, arm, target), arm.equals("canary"));
    }

    /// As a version that gets all requests: those who were with the one before are known to that.
    @Test
    void aStepBeginsWithWhatComesInIt() {
        end(stable(1), AssignmentReason.HASH, 1, null);
        end(canary(2), AssignmentReason.HASH, 1, ErrorCode.MODEL_FAILED);
        end(canary(3), AssignmentReason.HASH, 1, ErrorCode.MODEL_FAILED);

        assertThat(counts(canary(2)).once()).isEqualTo(new OnceCounts(1, 1, 0, 0));
        assertThat(counts(canary(3)).once()).isEqualTo(new OnceCounts(1, 1, 0, 0));
    }

    @Test
    void totalsKeepWhatForgottenEpochsCounted() {
        for (int epoch = 0; epoch < 100; epoch++) {
            end(canary(epoch), AssignmentReason.HASH, epoch, null);
        }

        assertThat(ledgers.counts("front")).hasSize(ArmHistory.MOST_EPOCHS);
        ArmCounts total = Objects.requireNonNull(ledgers.totals().get(new ArmName("front", "canary", NEW)));
        assertThat(total.requests()).isEqualTo(100);
    }

    @Test
    void memoryIsBoundedByTheArmsThatWereBoundLast() {
        for (int version = 1; version <= 1_000; version++) {
            ModelKey target = new ModelKey("digits", version);
            end(
                    ledgers.of(new ArmKey("front", "front/v1", "", 1, "canary", target), true),
                    AssignmentReason.HASH,
                    1,
                    null);
        }

        assertThat(ledgers.totals()).hasSize(RouteArms.MOST_ARMS);
        int hash = ArmName.hash("front", "canary");
        assertThat(ledgers.voice(hash, new ModelKey("digits", 1_000), 0, 1_000)).isNotNull();
        assertThat(ledgers.voice(hash, new ModelKey("digits", 1_000 - RouteArms.MOST_ARMS), 0, 1_000))
                .isNull();
    }

    @Test
    void aSecondRolloutAtTheSameSharesCountsFromNothing() {
        Prediction.Row row = new Prediction.Row(3, 0.5f);
        for (String rollout : List.of("first", "second")) {
            end(stableOf(rollout), AssignmentReason.HASH, 1, null);
            end(stableOf(rollout), AssignmentReason.HASH, 1, null);
            end(canaryOf(rollout), AssignmentReason.HASH, 2, ErrorCode.MODEL_FAILED);
            predict(canaryOf(rollout), row);
        }

        for (String rollout : List.of("first", "second")) {
            assertThat(counts(stableOf(rollout)).firstExposures()).isEqualTo(1);
            ArmCounts canary = counts(canaryOf(rollout));
            assertThat(canary.firstExposures()).isEqualTo(1);
            assertThat(canary.failedOnce()).isEqualTo(1);
            assertThat(canary.bins()[3]).isEqualTo(2);
        }
        assertThat(Objects.requireNonNull(ledgers.totals().get(new ArmName("front", "canary", NEW)))
                        .requests())
                .isEqualTo(2);
    }

    /// A bandit deals by rewards from 0 to 1; what is beyond is the nearer of these, each for itself.
    @Test
    void whatIsEarnedIsBetweenNothingAndOne() {
        ArmLedgers dated = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(600_000));
        ArmKey key = new ArmKey("front", "front/v1", "", 1, "canary", NEW);
        dated.of(key, true);
        ArmVoice voice = Objects.requireNonNull(dated.voice(ArmName.hash("front", "canary"), NEW, 10, 1_000));
        for (double reward : new double[] {20, -3, 0.25}) {
            voice.reward(5, reward);
        }

        ArmCounts counts = Objects.requireNonNull(dated.counts("front").get(key));
        assertThat(counts.rewards().sum(5)).isEqualTo(17.25);
        assertThat(counts.earned().count(5)).isEqualTo(3);
        assertThat(counts.earned().sum(5)).isEqualTo(1.25);
        assertThat(counts.earned().squares(5)).isEqualTo(1.0625);
    }

    @Test
    void whatIsSaidOfAnswersOfOtherTimesIsToldApart() {
        AtomicLong nowMillis = new AtomicLong(600_000);
        ArmLedgers dated = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(nowMillis.get()));
        int hash = ArmName.hash("front", "canary");
        ArmKey key = new ArmKey("front", "front/v1", "", 1, "canary", NEW);
        ArmKey other = new ArmKey("front", "front/v1", "", 2, "canary", NEW);
        dated.of(key, true);

        assertThat(dated.voice(hash, NEW, 9, 1_000)).as("before it was there").isNull();
        assertThat(dated.voice(hash, NEW, 10, 1_000)).isNotNull();
        assertThat(dated.voice(hash, OLD, 10, 1_000)).as("another version").isNull();
        assertThat(dated.voice(hash + 2, NEW, 10, 1_000)).as("another arm").isNull();

        nowMillis.set(1_200_000);
        dated.of(key, true);
        Objects.requireNonNull(dated.voice(hash, NEW, 10, 1_000)).label(3, true);
        dated.of(other, true);
        Objects.requireNonNull(dated.voice(hash, NEW, 19, 1_000)).reward(5, 0.25);
        Objects.requireNonNull(dated.voice(hash, NEW, 20, 1_000)).reward(4, 0.5);
        nowMillis.set(1_800_000);
        dated.of(key, true);
        Objects.requireNonNull(dated.voice(hash, NEW, 10, 1_000)).label(6, false);
        nowMillis.set(2_400_000);
        dated.of(new ArmKey("front", "front/v1", "fraud-2-1", 1, "canary", NEW), true);
        assertThat(dated.voice(hash, NEW, 39, 1_000))
                .as("of the rollout before")
                .isNull();
        assertThat(dated.voice(hash, NEW, 40, 1_000)).isNotNull();
        assertThat(Objects.requireNonNull(dated.counts("front").get(key))
                        .right()
                        .count(3))
                .isEqualTo(1);
        assertThat(Objects.requireNonNull(dated.counts("front").get(other))
                        .rewards()
                        .count(4))
                .isEqualTo(1);

        ArmCounts later = Objects.requireNonNull(dated.counts("front").get(other));
        assertThat(later.rewards().sum()).as("of its own shares").isEqualTo(0.5);
        ArmCounts again = Objects.requireNonNull(dated.counts("front").get(key));
        assertThat(again.rewards().sum()).as("of those that were dealt then").isEqualTo(0.25);
        assertThat(again.plus(again).rewards().count(5)).isEqualTo(2);
        assertThat(again.lateRight().count(6))
                .as("of the time before they were the same again")
                .isEqualTo(1);

        dated.keep(List.of());
        assertThat(dated.voice(hash, NEW, 40, 1_000)).isNull();
    }

    @Test
    void onlyTheLastTargetsKeepTheirEpochs() {
        for (int version = 1; version <= 5; version++) {
            for (int epoch = 0; epoch < 4; epoch++) {
                ModelKey target = new ModelKey("digits", version);
                end(
                        ledgers.of(new ArmKey("front", "front/v1", "", epoch, "canary", target), true),
                        AssignmentReason.HASH,
                        1,
                        null);
            }
        }

        assertThat(ledgers.counts("front")).hasSize(3 + 2 * 4);
        assertThat(Objects.requireNonNull(ledgers.totals().get(new ArmName("front", "canary", OLD)))
                        .requests())
                .isEqualTo(4);
    }

    @Test
    void routesThatAreGoneAreForgotten() {
        end(canary(1), AssignmentReason.HASH, 1, null);

        ledgers.keep(List.of("other"));

        assertThat(ledgers.totals()).isEmpty();
    }
}
