package dev.penstock.router.arms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.monitor.feedback.Prediction;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArmLedgersTest {
    private static final ModelKey OLD = new ModelKey("digits", 1);
    private static final ModelKey NEW = new ModelKey("digits", 2);
    private static final long MILLI = 1_000_000;

    private final List<String> told = new ArrayList<>();
    private final ArmLedgers ledgers = new ArmLedgers((key, reason) -> told.add(key.arm() + ": " + reason), 0);

    private ArmObserver canary(long epoch) {
        return ledgers.of(new ArmKey("front", "front/v1", "", epoch, "canary", NEW), true);
    }

    private ArmObserver stable(long epoch) {
        return ledgers.of(new ArmKey("front", "front/v1", "", epoch, "stable", OLD), false);
    }

    private ArmCounts counts(ArmObserver observer) {
        return Objects.requireNonNull(ledgers.counts("front").get(((ArmLedger) observer).key()));
    }

    private static void end(ArmObserver arm, AssignmentReason reason, int bucket, @Nullable ErrorCode failure) {
        arm.ended(reason, bucket, bucketHash(bucket), failure, MILLI);
    }

    private static long bucketHash(int bucket) {
        return new SplittableRandom(bucket).nextLong();
    }

    @Test
    void countsWhatEnded() {
        ArmObserver arm = canary(1);

        end(arm, AssignmentReason.HASH, 1, null);
        end(arm, AssignmentReason.HASH, 2, ErrorCode.MODEL_FAILED);
        end(arm, AssignmentReason.HASH, 3, ErrorCode.INVALID_ARGUMENT);
        end(arm, AssignmentReason.OVERRIDE, 4, null);
        end(arm, AssignmentReason.OVERRIDE, 5, ErrorCode.INTERNAL);
        end(arm, AssignmentReason.HASH, 6, ErrorCode.CANCELLED);
        end(arm, AssignmentReason.HASH, 6, ErrorCode.CANCELLED);
        end(arm, AssignmentReason.OVERRIDE, 6, ErrorCode.CANCELLED);

        ArmCounts counts = counts(arm);
        assertThat(counts.requests()).isEqualTo(8);
        assertThat(counts.answered()).isEqualTo(2);
        assertThat(counts.latency().count()).isEqualTo(1);
        assertThat(counts.otherLatency().count()).isEqualTo(1);
        assertThat(counts.failures(ErrorCode.INVALID_ARGUMENT)).isEqualTo(1);
        assertThat(counts.failures(ErrorCode.INTERNAL)).isEqualTo(1);
        assertThat(counts.eligible()).isEqualTo(4);
        assertThat(counts.failed()).isEqualTo(1);
        assertThat(counts.abandoned()).as("callers who went away").isEqualTo(2);
        assertThat(counts.abandonedOnce()).isEqualTo(1);
        assertThat(counts.eligibleOnce()).isEqualTo(3);
        assertThat(counts.plus(counts).minus(counts).abandoned()).isEqualTo(2);
        assertThat(counts.plus(counts).abandonedOnce()).isEqualTo(2);
        assertThat(counts.reasons())
                .containsOnly(Map.entry(AssignmentReason.HASH, 5L), Map.entry(AssignmentReason.OVERRIDE, 3L));
    }

    @Test
    void whatOneUnitDoesInOneSubWindowCountsOnce() {
        ArmObserver arm = canary(1);

        for (int i = 0; i < 100; i++) {
            end(arm, AssignmentReason.HASH, 7, ErrorCode.INTERNAL);
        }
        ledgers.tick(ArmLedgers.SUB_WINDOW.toNanos() - 1);
        end(arm, AssignmentReason.HASH, 7, ErrorCode.INTERNAL);
        ledgers.tick(ArmLedgers.SUB_WINDOW.toNanos());
        end(arm, AssignmentReason.HASH, 7, ErrorCode.INTERNAL);
        end(arm, AssignmentReason.HASH, 7, null);

        ArmCounts counts = counts(arm);
        assertThat(counts.failed()).isEqualTo(102);
        assertThat(counts.failedOnce()).isEqualTo(2);
        assertThat(counts.eligibleOnce()).isEqualTo(2);
        assertThat(counts.firstExposures()).isEqualTo(1);
    }

    @Test
    void requestsWithoutUnitsAreAllCounted() {
        ArmObserver arm = canary(1);

        for (int i = 0; i < 10; i++) {
            end(arm, AssignmentReason.RANDOM, 7, i % 2 == 0 ? ErrorCode.INTERNAL : null);
        }

        assertThat(counts(arm).eligibleOnce()).isEqualTo(10);
        assertThat(counts(arm).failedOnce()).isEqualTo(5);
        assertThat(counts(arm).firstExposures()).isEqualTo(10);
    }

    @Test
    void unitsThatAnyArmOfTheRouteSawAreNotNew() {
        end(stable(1), AssignmentReason.HASH, 1, null);
        end(canary(2), AssignmentReason.HASH, 1, null);
        end(canary(2), AssignmentReason.HASH, 2, null);

        assertThat(counts(stable(1)).firstExposures()).isEqualTo(1);
        assertThat(counts(canary(2)).firstExposures()).isEqualTo(1);
    }

    @Test
    void aHundredThousandUnitsAreToldApartAsWellAsTheBitmapCan() {
        ArmObserver arm = canary(1);
        int units = 100_000;

        for (int i = 0; i < units; i++) {
            arm.ended(AssignmentReason.HASH, i % 10_000, bucketHash(i), null, MILLI);
        }

        double bits = 1 << 20;
        double expected = bits * (1 - Math.exp(-units / bits));
        assertThat((double) counts(arm).firstExposures()).isCloseTo(expected, within(300.0));
    }

    @Test
    void anEpochHasCountsOfItsOwnAndGoesOnWhenItComesBack() {
        end(canary(1), AssignmentReason.HASH, 1, null);
        end(canary(2), AssignmentReason.HASH, 2, null);
        end(canary(1), AssignmentReason.HASH, 3, null);

        assertThat(counts(canary(1)).requests()).isEqualTo(2);
        assertThat(counts(canary(2)).requests()).isEqualTo(1);
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

        assertThat(ledgers.totals()).hasSize(ArmLedgers.MOST_ARMS);
        int hash = ArmName.hash("front", "canary");
        assertThat(ledgers.voice(hash, new ModelKey("digits", 1_000), 0)).isNotNull();
        assertThat(ledgers.voice(hash, new ModelKey("digits", 1_000 - ArmLedgers.MOST_ARMS), 0))
                .isNull();
    }

    @Test
    void countsAddAndSubtractInAnyOrder() {
        Random random = new Random(11);
        List<ArmCounts> replicas = new ArrayList<>();
        for (int replica = 0; replica < 4; replica++) {
            ArmLedgers one = new ArmLedgers(TripListener.NONE, 0);
            ArmObserver arm = one.of(new ArmKey("front", "s", "", 1, "canary", NEW), true);
            for (int i = 0; i < 1_000; i++) {
                AssignmentReason reason = random.nextBoolean() ? AssignmentReason.HASH : AssignmentReason.OVERRIDE;
                arm.ended(reason, random.nextInt(10_000), random.nextLong(), failure(random), random.nextInt(1 << 30));
            }
            Objects.requireNonNull(one.voice(ArmName.hash("front", "canary"), NEW, 0))
                    .reward(replica, 0.5);
            replicas.add(one.counts("front").values().iterator().next());
        }

        ArmCounts forwards = replicas.stream().reduce(ArmCounts.EMPTY, ArmCounts::plus);
        ArmCounts backwards = replicas.reversed().stream().reduce(ArmCounts.EMPTY, ArmCounts::plus);
        ArmCounts less = forwards.minus(replicas.getFirst());
        ArmCounts others = replicas.get(1).plus(replicas.get(2)).plus(replicas.get(3));

        assertThat(forwards).usingRecursiveComparison().isEqualTo(backwards);
        assertThat(less).usingRecursiveComparison().isEqualTo(others);
        assertThat(forwards.requests()).isEqualTo(4_000);
        assertThat(forwards.rewards().groups()).isEqualTo(4);
    }

    private static @Nullable ErrorCode failure(Random random) {
        return random.nextInt(4) == 0 ? ErrorCode.DEADLINE_EXCEEDED : null;
    }

    @Test
    void twentyFailuresOneAfterAnotherTakeAllRequestsAway() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 19; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }
        end(arm, AssignmentReason.HASH, 19, ErrorCode.INVALID_ARGUMENT);

        assertThat(arm.tripped()).isFalse();
        end(arm, AssignmentReason.HASH, 20, ErrorCode.MODEL_FAILED);

        assertThat(arm.tripped()).isTrue();
        assertThat(canary(2).tripped()).as("whatever the shares are").isTrue();
        assertThat(told).containsExactly("canary: 20 requests failed one after another, the last by MODEL_FAILED");
        assertThat(counts(arm).trips()).isEqualTo(1);
        end(arm, AssignmentReason.HASH, 21, ErrorCode.MODEL_FAILED);
        assertThat(told).hasSize(1);
        assertThat(ledgers.tripped()).containsExactly(new ArmName("front", "canary", NEW));
        assertThat(ledgers.tripReasons("front", ""))
                .containsExactly(Map.entry(
                        new ArmName("front", "canary", NEW),
                        "20 requests failed one after another, the last by MODEL_FAILED"));
        ledgers.rearm("front", "canary");
        assertThat(ledgers.tripReasons("front", "")).isEmpty();
    }

    @Test
    void oneCallerAloneTripsNothing() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 1_000; i++) {
            end(arm, AssignmentReason.HASH, i % 2, ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
        end(arm, AssignmentReason.HASH, 2, ErrorCode.MODEL_FAILED);

        assertThat(arm.tripped()).isTrue();
    }

    @Test
    void callersWhoDoNotWaitTripNothing() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 100; i++) {
            arm.ended(AssignmentReason.HASH, i, bucketHash(i), ErrorCode.DEADLINE_EXCEEDED, 5 * MILLI);
        }

        assertThat(arm.tripped()).isFalse();
        for (int i = 0; i < Circuit.MOST_FAILURES; i++) {
            arm.ended(AssignmentReason.HASH, i, bucketHash(i), ErrorCode.DEADLINE_EXCEEDED, 500 * MILLI);
        }

        assertThat(arm.tripped()).as("it does not answer").isTrue();
    }

    @Test
    void aBucketIsPredictedOnceWhileSharesAreTheSame() {
        ArmObserver arm = canary(1);
        Prediction.Row row = new Prediction.Row(3, 0.5f);
        for (int window = 1; window <= 5; window++) {
            predict(arm, row);
            ledgers.tick(window * ArmLedgers.SUB_WINDOW.toNanos());
        }

        assertThat(counts(arm).bins()[3]).as("a unit gets the same again").isEqualTo(2);
        predict(canary(2), row);
        assertThat(counts(canary(2)).bins()[3]).isEqualTo(2);
    }

    private static void predict(ArmObserver arm, Prediction.Row row) {
        for (int bucket = 0; bucket < 2; bucket++) {
            if (arm.wantsPrediction(bucket)) {
                arm.predicted(bucket, row);
            }
        }
    }

    private ArmObserver canaryOf(String rollout) {
        return ledgers.of(new ArmKey("front", "front/v1", rollout, 1, "canary", NEW), true);
    }

    private ArmObserver stableOf(String rollout) {
        return ledgers.of(new ArmKey("front", "front/v1", rollout, 1, "stable", OLD), false);
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

    @Test
    void whatAGuardTookInOneRolloutIsNotTakenInTheNext() {
        ArmName canary = new ArmName("front", "canary", NEW);
        assertThat(canaryOf("first").tripped()).isFalse();
        ledgers.trip(canary, "it failed");
        assertThat(ledgers.tripReasons("front", "first")).containsOnlyKeys(canary);

        assertThat(canaryOf("second").tripped()).isFalse();
        assertThat(ledgers.tripped()).isEmpty();
        assertThat(ledgers.tripReasons("front", "second")).isEmpty();
        ledgers.trip(canary, "it fails again");
        assertThat(ledgers.tripReasons("front", "second")).containsEntry(canary, "it fails again");
    }

    @Test
    void whoIsArmedAgainIsNotToBlameForFailuresOfBefore() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 10; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }
        ArmKey key = ((ArmLedger) arm).key();
        assertThat(ledgers.once(key)).isEqualTo(new OnceCounts(10, 10, 0));

        ledgers.rearm("front", "canary");
        assertThat(ledgers.once(key)).isEqualTo(OnceCounts.NONE);
        assertThat(counts(arm).failedOnce()).as("what was counted stays").isEqualTo(10);
        end(arm, AssignmentReason.HASH, 1, ErrorCode.MODEL_FAILED);
        assertThat(ledgers.once(key)).isEqualTo(new OnceCounts(1, 1, 0));
    }

    @Test
    void whatIsSaidOfAnswersOfOtherTimesIsToldApart() {
        AtomicLong nowMillis = new AtomicLong(600_000);
        ArmLedgers dated = new ArmLedgers(TripListener.NONE, 0, () -> Instant.ofEpochMilli(nowMillis.get()));
        int hash = ArmName.hash("front", "canary");
        ArmKey key = new ArmKey("front", "front/v1", "", 1, "canary", NEW);
        ArmKey other = new ArmKey("front", "front/v1", "", 2, "canary", NEW);
        dated.of(key, true);

        assertThat(dated.voice(hash, NEW, 9)).as("before it was there").isNull();
        assertThat(dated.voice(hash, NEW, 10)).isNotNull();
        assertThat(dated.voice(hash, OLD, 10)).as("another version").isNull();
        assertThat(dated.voice(hash + 2, NEW, 10)).as("another arm").isNull();

        nowMillis.set(1_200_000);
        dated.of(key, true);
        Objects.requireNonNull(dated.voice(hash, NEW, 10)).label(3, true);
        dated.of(other, true);
        Objects.requireNonNull(dated.voice(hash, NEW, 19)).reward(5, 0.25);
        Objects.requireNonNull(dated.voice(hash, NEW, 20)).reward(4, 0.5);
        nowMillis.set(1_800_000);
        dated.of(key, true);
        Objects.requireNonNull(dated.voice(hash, NEW, 10)).label(6, false);
        nowMillis.set(2_400_000);
        dated.of(new ArmKey("front", "front/v1", "fraud-2-1", 1, "canary", NEW), true);
        assertThat(dated.voice(hash, NEW, 39)).as("of the rollout before").isNull();
        assertThat(dated.voice(hash, NEW, 40)).isNotNull();
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
        assertThat(later.lateRewards().sum()).as("of those before").isEqualTo(0.25);
        assertThat(later.plus(later).lateRewards().count(5)).isEqualTo(2);
        ArmCounts again = Objects.requireNonNull(dated.counts("front").get(key));
        assertThat(again.lateRight().count(6))
                .as("of the time before they were the same again")
                .isEqualTo(1);

        dated.keep(List.of());
        assertThat(dated.voice(hash, NEW, 40)).isNull();
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
    void oneAnswerBetweenThemStartsTheCountAnew() {
        ArmObserver arm = canary(1);

        for (int i = 0; i < 200; i++) {
            end(arm, AssignmentReason.HASH, i, i % 20 == 19 ? null : ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
    }

    @Test
    void aFullQueueTripsNothing() {
        ArmObserver arm = canary(1);

        for (int i = 0; i < 100; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.OVERLOADED);
        }

        assertThat(arm.tripped()).isFalse();
        assertThat(counts(arm).failed()).isEqualTo(100);
    }

    @Test
    void theDefaultArmKeepsItsRequests() {
        ArmObserver arm = stable(1);

        for (int i = 0; i < 100; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void anArmThatIsArmedAgainIsAsGoodAsNew() {
        ArmObserver arm = canary(1);
        ledgers.of(new ArmKey("front", "front/v1", "", 1, "canary", OLD), true);
        ledgers.trip(new ArmName("front", "canary", NEW), "it was told to");

        assertThat(arm.tripped()).isTrue();
        assertThat(ledgers.tripped())
                .as("no other target of that arm")
                .containsExactly(new ArmName("front", "canary", NEW));
        ledgers.rearm("front", "canary");

        assertThat(arm.tripped()).isFalse();
        assertThat(told).containsExactly("canary: it was told to");
    }

    @Test
    void routesThatAreGoneAreForgotten() {
        end(canary(1), AssignmentReason.HASH, 1, null);

        ledgers.keep(List.of("other"));

        assertThat(ledgers.totals()).isEmpty();
    }

    @Test
    void whereTheTimeWentIsCountedOfWhatCameByChance() {
        canary(1).ran(AssignmentReason.HASH, 1 * MILLI, 3 * MILLI, 4 * MILLI, 9 * MILLI);
        canary(2).ran(AssignmentReason.RANDOM, 1 * MILLI, 0, 2 * MILLI, 3 * MILLI);
        canary(2).ran(AssignmentReason.OVERRIDE, 0, 0, 50 * MILLI, 90 * MILLI);

        PhaseLatencies phases = Objects.requireNonNull(ledgers.phases().get(new ArmName("front", "canary", NEW)));
        assertThat(phases.queue().count()).isEqualTo(2);
        assertThat(phases.queue().sumNanos()).isEqualTo(4 * MILLI);
        assertThat(phases.batch().count()).isEqualTo(2);
        assertThat(phases.batch().sumNanos())
                .as("a batch that had begun before waits for it since it came")
                .isEqualTo(2 * MILLI);
        assertThat(phases.inference().sumNanos()).isEqualTo(6 * MILLI);
    }

    @Test
    void countingAllocatesNothing() {
        ArmObserver arm = canary(1);
        int requests = 10_000;
        pass(arm, requests);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long before = threads.getThreadAllocatedBytes(thread);
        long asked = threads.getThreadAllocatedBytes(thread) - before;
        pass(arm, requests);
        long passed = threads.getThreadAllocatedBytes(thread) - before - asked;

        assertThat(passed).as("bytes for %d requests", requests).isLessThan(requests);
    }

    private static void pass(ArmObserver arm, int requests) {
        for (int i = 0; i < requests; i++) {
            boolean failed = i % 10 == 0;
            boolean _ = arm.wantsPrediction(i);
            arm.ended(AssignmentReason.HASH, i, i * 0x9e3779b97f4a7c15L, failed ? ErrorCode.INTERNAL : null, MILLI);
            arm.ran(AssignmentReason.HASH, 0, MILLI / 2, MILLI, 2 * MILLI);
        }
    }

    @Test
    void noCountIsLostWhenManyThreadsCount() throws InterruptedException {
        ArmObserver arm = canary(1);
        int threads = 8;
        int each = 20_000;
        CountDownLatch ready = new CountDownLatch(threads);
        List<Thread> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            Runnable work = () -> {
                ready.countDown();
                for (int i = 0; i < each; i++) {
                    boolean failed = i % 10 == thread;
                    end(arm, AssignmentReason.HASH, i % 10_000, failed ? ErrorCode.MODEL_FAILED : null);
                }
            };
            running.add(
                    t % 2 == 0
                            ? Thread.ofPlatform().start(work)
                            : Thread.ofVirtual().start(work));
        }
        for (Thread one : running) {
            one.join();
        }

        ArmCounts counts = counts(arm);
        assertThat(counts.requests()).isEqualTo((long) threads * each);
        assertThat(counts.failed()).isEqualTo((long) threads * each / 10);
        assertThat(counts.eligibleOnce()).isEqualTo(10_000);
        assertThat(counts.failedOnce()).isEqualTo(8_000);
    }
}
