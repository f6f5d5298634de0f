package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.Offer;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.fast.Layout;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Copies on the fast path: those that wait are run together.
@Timeout(240)
class ShadowBatchesTest {
    private static final long SEED = 20_261_122;
    private static final ShadowKey KEY = new ShadowKey("m", "next", new ModelKey("m", 2));
    private static final float TOLERANCE = 0.5f;

    private final Arena arena = Arena.ofShared();
    private final CountDownLatch mayRun = new CountDownLatch(1);
    private final FakeRows rows = new FakeRows(arena, mayRun);
    private final AtomicInteger queued = new AtomicInteger();
    private final FakeVersion primary = new FakeVersion(1, (inputs, outputs) -> {
        throw new AssertionError("callers' requests run elsewhere");
    });
    private final AtomicInteger alone = new AtomicInteger();
    private final FakeVersion shadow = new FakeVersion(2, (inputs, outputs) -> {
        alone.incrementAndGet();
        return List.of(sums(inputs.getFirst().data()));
    });
    private final Layout layout = Layout.of(new Answering(primary));

    private record Answering(FakeVersion version) implements FastModel {
        @Override
        public ModelKey key() {
            return version.key();
        }

        @Override
        public Signature signature() {
            return version.signature();
        }

        @Override
        public Offer offer(FastCall call) {
            throw new AssertionError("the test answers");
        }
    }

    private static Tensor sums(ByteBuffer x) {
        int rows = x.remaining() / (2 * Float.BYTES);
        ByteBuffer y = ByteBuffer.allocate(rows * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows; i++) {
            float first = x.getFloat(8 * i);
            if (first < 0) {
                throw new ServingException(ErrorCode.MODEL_FAILED, "on purpose");
            }
            y.putFloat(first + x.getFloat(8 * i + 4));
        }
        return new Tensor("y", DataType.FP32, Shape.of(rows, 1), y.flip());
    }

    private Shadows shadows(int maxCopies) {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("next", "m", 2), 10_000, TOLERANCE)));
        RouteTable table = RouteTable.of(List.of(new ModelRoute("m", List.of(primary, shadow), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
        ShadowSettings settings = new ShadowSettings(maxCopies, 1 << 20, Duration.ofSeconds(50), 1);
        RowRunners runners = (_, asked) -> {
            if (broken) {
                throw new IllegalStateException("on purpose");
            }
            return new RowRunners.RowRunner(asked, rows);
        };
        Shadows shadows = new Shadows(settings, _ -> queued.get(), runners, 7, () -> nowNanos).start(() -> table);
        tap = Objects.requireNonNull(shadows.of(Objects.requireNonNull(table.route("m"))));
        return shadows;
    }

    private FastTap tap = (call, _) -> call;
    private volatile boolean broken;
    private volatile long nowNanos = 1;

    /// @param off how far the answer is from the sums
    private void answer(int group, float off, float... values) {
        RowsCalled call = new RowsCalled(arena, group, values);
        float[] sums = new float[values.length / 2];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = values[2 * i] + values[2 * i + 1] + off;
        }
        FastCall tapped = tap.around(call, layout);
        call.forget();
        tapped.completed(call.answer(arena, sums.length, sums), 1);
        assertThat(call.outcome).isEqualTo("completed");
    }

    /// Keeps the shadows' thread in a run, so that what comes after it waits.
    private void occupy(Shadows shadows) throws InterruptedException {
        answer(0, 0, 1, 2);
        rows.running.await();
        assertThat(shadows.waiting()).isEqualTo(1);
    }

    private static ShadowCounts counts(Shadows shadows) {
        return shadows.counts("m").getOrDefault(KEY, ShadowCounts.EMPTY);
    }

    /// When nothing waits any more.
    private static ShadowCounts done(Shadows shadows) {
        while (shadows.waiting() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        return counts(shadows);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void eachOfTheCopiesThatRunTogetherIsHeldAgainstItsOwnAnswer() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] disagreed = new long[64];
        long[] told = new long[64];
        told[0]++;
        try (Shadows shadows = shadows(10_000)) {
            occupy(shadows);
            for (int i = 0; i < 500; i++) {
                int group = random.nextInt(64);
                float[] values = new float[2 * random.nextInt(1, 4)];
                for (int v = 0; v < values.length; v++) {
                    values[v] = random.nextInt(1_000);
                }
                boolean off = random.nextInt(5) == 0;
                answer(group, off ? 100_000 : 0, values);
                told[group]++;
                disagreed[group] += off ? 1 : 0;
            }
            mayRun.countDown();

            ShadowCounts counts = done(shadows);

            assertThat(counts.compared()).isEqualTo(501);
            for (int group = 0; group < 64; group++) {
                assertThat(counts.disagreements().count(group))
                        .as("copies of group %d, seed %d", group, SEED)
                        .isEqualTo(told[group]);
                assertThat(counts.disagreements().sum(group))
                        .as("of them disagree, group %d, seed %d", group, SEED)
                        .isEqualTo((double) disagreed[group]);
            }
            assertThat(rows.ran).as("rows of each run").hasSizeLessThan(250).contains(FakeRows.MAX_ROWS);
            assertThat(alone.get()).as("run alone").isZero();
            assertThat(shadow.leases.get()).isZero();
        }
    }

    @Test
    void aBatchThatFailsCountsOnceAndNoCopyIsAskedAgain() throws Exception {
        try (Shadows shadows = shadows(10_000)) {
            occupy(shadows);
            for (int i = 0; i < 8; i++) {
                answer(i, 0, i == 5 ? -1 : 1, 2);
            }
            mayRun.countDown();

            ShadowCounts counts = done(shadows);

            assertThat(counts.failed()).isEqualTo(Map.of(ErrorCode.MODEL_FAILED, 1L));
            assertThat(counts.dropped()).isEqualTo(Map.of(ShadowDrop.BATCH_FAILED, 7L));
            assertThat(counts.compared()).as("the one before").isEqualTo(1);
            assertThat(counts.failures().sum()).as("nobody knows whose").isZero();
            assertThat(counts.failures().count()).isEqualTo(1);
            assertThat(rows.ran).containsExactly(1, 8);
            assertThat(alone.get()).as("run alone").isZero();
        }
    }

    @Test
    void afterABatchThatFailedOnlyTheCopiesThatAreToBlameFail() throws Exception {
        try (Shadows shadows = shadows(10_000)) {
            occupy(shadows);
            for (int i = 0; i < 8 + 40; i++) {
                answer(i % 64, 0, i % 8 == 5 ? -1 : 1, 2);
            }
            mayRun.countDown();

            ShadowCounts counts = done(shadows);

            assertThat(counts.failed()).isEqualTo(Map.of(ErrorCode.MODEL_FAILED, 1L + 5));
            assertThat(counts.compared()).isEqualTo(1 + 35);
            assertThat(counts.dropped()).isEqualTo(Map.of(ShadowDrop.BATCH_FAILED, 7L));
            assertThat(rows.ran.subList(2, rows.ran.size())).hasSize(40).containsOnly(1);
        }
    }

    /// The room of one that is too late is not for several others.
    @Test
    void afterABatchThatFailedEachRunHasOneCopyWhateverWasDropped() throws Exception {
        long second = Duration.ofSeconds(1).toNanos();
        try (Shadows shadows = shadows(10_000)) {
            nowNanos = 40 * second;
            occupy(shadows);
            for (int i = 0; i < 8; i++) {
                answer(i, 0, i == 5 ? -1 : 1, 2);
            }
            nowNanos = second;
            answer(8, 0, 1, 2, 3, 4, 5, 6, 7, 8);
            nowNanos = 40 * second;
            for (int i = 0; i < 4; i++) {
                answer(i, 0, i, 2);
            }
            nowNanos = 55 * second;
            mayRun.countDown();

            ShadowCounts counts = done(shadows);

            assertThat(counts.dropped()).containsEntry(ShadowDrop.EXPIRED, 1L);
            assertThat(rows.ran).containsExactly(1, 8, 1, 1, 1, 1);
        }
    }

    @Test
    void copiesRunTogetherAgainOnceEnoughDidWellAlone() throws Exception {
        try (Shadows shadows = shadows(10_000)) {
            occupy(shadows);
            answer(0, 0, -1, 2);
            for (int i = 0; i < 7 + 1_024 + 64; i++) {
                answer(i % 64, 0, i, 2);
            }
            mayRun.countDown();

            ShadowCounts counts = done(shadows);

            assertThat(counts.ran() + counts.notRun()).isEqualTo(1 + 1 + 7 + 1_024 + 64);
            assertThat(counts.failed()).isEqualTo(Map.of(ErrorCode.MODEL_FAILED, 1L));
            assertThat(rows.ran.subList(0, 2)).as("the last one fails").containsExactly(1, 8);
            assertThat(rows.ran.subList(2, 2 + 1_024)).containsOnly(1);
            assertThat(rows.ran.get(2 + 1_024)).isEqualTo(8);
        }
    }

    @Test
    void whatGoesWrongOutsideOfARunLosesNoCopyUncounted() throws Exception {
        try (Shadows shadows = shadows(10_000)) {
            occupy(shadows);
            for (int i = 0; i < 20; i++) {
                answer(i, 0, i, 2);
            }
            broken = true;
            mayRun.countDown();

            assertThat(done(shadows).dropped()).isEqualTo(Map.of(ShadowDrop.LOST, 20L));
            broken = false;
            answer(3, 0, 1, 2);

            assertThat(done(shadows).compared()).as("the first and the last").isEqualTo(2);
            assertThat(shadow.leases.get()).isZero();
        }
    }

    @Test
    void whatFindsNoRoomIsCountedToTheLastCopy() throws Exception {
        try (Shadows shadows = shadows(100)) {
            occupy(shadows);
            for (int i = 0; i < 200; i++) {
                answer(i % 64, 0, i, 2);
            }

            assertThat(counts(shadows).dropped()).isEqualTo(Map.of(ShadowDrop.FULL, 201L - 80));
            assertThat(shadows.waiting()).isEqualTo(80);
            mayRun.countDown();
            assertThat(done(shadows).compared()).isEqualTo(80);
            assertThat(shadows.waitingBytes()).isZero();
        }
    }

    @Test
    void callersWhoWaitGoBeforeTheCopiesOfOneRun() throws Exception {
        try (Shadows shadows = shadows(1_000)) {
            occupy(shadows);
            for (int i = 0; i < 20; i++) {
                answer(i, 0, i, 2);
            }
            queued.set(1);
            mayRun.countDown();

            ShadowCounts counts = done(shadows);

            assertThat(counts.dropped()).isEqualTo(Map.of(ShadowDrop.BUSY, 20L));
            assertThat(counts.compared()).as("what ran already").isEqualTo(1);
        }
    }

    @Test
    void copiesForAVersionThatWasClosedMeanwhileAreDropped() throws Exception {
        try (Shadows shadows = shadows(1_000)) {
            occupy(shadows);
            for (int i = 0; i < 20; i++) {
                answer(i, 0, i, 2);
            }
            shadow.closed = true;
            assertThat(shadow.leases.get()).as("what runs keeps it").isEqualTo(1);
            mayRun.countDown();

            ShadowCounts counts = done(shadows);

            assertThat(counts.dropped()).isEqualTo(Map.of(ShadowDrop.NOT_READY, 20L));
            assertThat(counts.compared()).isEqualTo(1);
            assertThat(shadow.leases.get()).isZero();
        }
    }

    @Test
    void whatWaitsWhenAllEndsIsGivenUp() throws Exception {
        Shadows shadows = shadows(1_000);
        occupy(shadows);
        for (int i = 0; i < 20; i++) {
            answer(i, 0, i, 2);
        }
        Thread closing = Thread.ofPlatform().start(shadows::close);
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        mayRun.countDown();
        closing.join();

        assertThat(shadows.waiting()).isZero();
        assertThat(shadows.waitingBytes()).isZero();
        assertThat(rows.ran).as("the run that was under way").containsExactly(1);
        assertThat(shadow.leases.get()).isZero();
    }

    @Test
    void aCallThatIsNotTakenGivesItsRoomBack() {
        try (Shadows shadows = shadows(1_000)) {
            RowsCalled call = new RowsCalled(arena, 1, 1, 2);
            FastCall tapped = tap.around(call, layout);
            assertThat(shadows.waiting()).isEqualTo(1);

            tap.untaken(tapped);
            assertThat(shadows.waiting()).isZero();
            // What is told late is told, and no more.
            tapped.completed(call.answer(arena, 1, 3), 1);

            assertThat(call.outcome).isEqualTo("completed");
            assertThat(shadows.waiting()).isZero();
            assertThat(counts(shadows)).isEqualTo(ShadowCounts.EMPTY);
        }
    }

    @Test
    void oneRunOfSixteenIsTimedIfItHasTheRowsOfThePrimarys() throws Exception {
        try (Shadows shadows = shadows(10_000)) {
            occupy(shadows);
            for (int i = 0; i < 8 * 64; i++) {
                answer(i % 64, 0, i, 2);
            }
            mayRun.countDown();

            ShadowCounts counts = done(shadows);

            assertThat(counts.primaryRun().count()).isEqualTo(rows.ran.size() / 16);
            assertThat(counts.primaryRun().sumNanos())
                    .isEqualTo(200 * counts.primaryRun().count());
            assertThat(rows.ran.get(15)).as("the primary's had one row").isEqualTo(1);
        }
    }
}
