package dev.penstock.router.arms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.penstock.core.ErrorCode;
import dev.penstock.monitor.feedback.Prediction;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is counted of arms.
final class ArmLedgersTest extends ArmsOfFront {
    private static @Nullable ErrorCode failure(Random random) {
        return random.nextInt(4) == 0 ? ErrorCode.DEADLINE_EXCEEDED : null;
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
        assertThat(counts.eligible()).isEqualTo(5);
        assertThat(counts.failed()).isEqualTo(1);
        assertThat(counts.refused()).as("by the caller's fault or the arm's").isEqualTo(1);
        assertThat(counts.refusedOnce()).isEqualTo(1);
        assertThat(counts.abandoned()).as("callers who went away").isEqualTo(2);
        assertThat(counts.abandonedOnce()).isEqualTo(1);
        assertThat(counts.eligibleOnce()).isEqualTo(4);
        assertThat(counts.plus(counts).minus(counts).refused()).isEqualTo(1);
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

    /// Who asks for much does so again and again: all of that are not as many signs of a slow arm.
    @Test
    void howLongOneUnitWaitsInOneSubWindowCountsOnce() {
        ArmObserver arm = canary(1);

        for (int i = 0; i < 100; i++) {
            end(arm, AssignmentReason.HASH, 7, null);
        }
        end(arm, AssignmentReason.HASH, 8, ErrorCode.INTERNAL);
        end(arm, AssignmentReason.OVERRIDE, 9, null);
        ledgers.tick(ArmLedgers.SUB_WINDOW.toNanos());
        end(arm, AssignmentReason.HASH, 7, null);
        end(arm, AssignmentReason.RANDOM, 7, null);
        end(arm, AssignmentReason.RANDOM, 7, null);

        ArmCounts counts = counts(arm);
        assertThat(counts.latency().count()).isEqualTo(103);
        assertThat(counts.latencyOnce().count())
                .as("two windows, two without a unit")
                .isEqualTo(4);
        assertThat(counts.plus(counts).minus(counts).latencyOnce()).isEqualTo(counts.latencyOnce());
    }

    @Test
    void requestsWithoutUnitsAreAllCounted() {
        ArmObserver arm = canary(1);

        for (int i = 0; i < 10; i++) {
            end(arm, AssignmentReason.RANDOM, 7, i % 2 == 0 ? ErrorCode.INTERNAL : null);
        }

        ArmCounts counts = counts(arm);
        assertThat(counts.eligibleOnce()).isEqualTo(10);
        assertThat(counts.failedOnce()).isEqualTo(5);
        assertThat(counts.firstExposures()).isEqualTo(10);
        assertThat(counts.latencyOnce()).isEqualTo(counts.latency());
    }

    /// Whatever is counted once has each request without a unit, beside what is counted of units.
    @Test
    void requestsWithAndWithoutUnitsAddUp() {
        ArmObserver arm = canary(1);
        List<@Nullable ErrorCode> outcomes = new ArrayList<>(
                List.of(ErrorCode.INTERNAL, ErrorCode.CANCELLED, ErrorCode.CANCELLED, ErrorCode.INVALID_ARGUMENT));
        outcomes.add(null);
        for (AssignmentReason reason : AssignmentReason.values()) {
            // All of one unit, where there is one.
            outcomes.forEach(outcome -> end(arm, reason, 7, outcome));
        }
        end(arm, AssignmentReason.HASH, 8, null);

        ArmCounts counts = counts(arm);
        assertThat(counts.requests()).isEqualTo(36);
        assertThat(counts.eligible()).isEqualTo(11);
        assertThat(counts.eligibleOnce()).as("two buckets and five").isEqualTo(7);
        assertThat(counts.failed()).isEqualTo(2);
        assertThat(counts.failedOnce()).isEqualTo(2);
        assertThat(counts.abandoned()).isEqualTo(4);
        assertThat(counts.abandonedOnce()).as("a bucket and two").isEqualTo(3);
        assertThat(counts.refusedOnce()).isEqualTo(2);
        assertThat(counts.latency().count()).isEqualTo(3);
        assertThat(counts.latencyOnce().count())
                .as("the first of a bucket was no answer")
                .isEqualTo(2);
        assertThat(counts.otherLatency().count()).isEqualTo(5);
        assertThat(counts.firstExposures()).as("two units and five").isEqualTo(7);
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
            Objects.requireNonNull(one.voice(ArmName.hash("front", "canary"), NEW, 0, 1_000))
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
