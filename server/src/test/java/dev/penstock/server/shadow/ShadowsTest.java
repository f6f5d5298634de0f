package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.Assigned;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class ShadowsTest {
    private static final ShadowKey KEY = new ShadowKey("m", "next", new ModelKey("m", 2));
    private static final ShadowSettings FEW = new ShadowSettings(5, 1 << 20, Duration.ofSeconds(5), 1);
    private static final ShadowSettings MANY = new ShadowSettings(16_384, 64 << 20, Duration.ofSeconds(5), 0.5);
    private static final int RUNNER = 7;

    private final AtomicLong nowNanos = new AtomicLong(1);
    private final AtomicInteger queued = new AtomicInteger();
    private final List<String> told = new ArrayList<>();
    private final FakeVersion primary = new FakeVersion(1, (inputs, outputs) -> {
        throw new AssertionError("callers' requests run elsewhere");
    });

    /// Adds up what it is given, once it may.
    private final CountDownLatch mayRun = new CountDownLatch(1);

    private final IdentityHashMap<Shadows, RouteTable> tables = new IdentityHashMap<>();

    private final CountDownLatch running = new CountDownLatch(1);
    private volatile float shift;
    private volatile boolean doorThrows;
    private volatile boolean fails;
    private final FakeVersion shadow = new FakeVersion(2, (inputs, outputs) -> {
        running.countDown();
        await(mayRun);
        if (fails) {
            throw new ServingException(ErrorCode.MODEL_FAILED, "on purpose");
        }
        ByteBuffer x = inputs.getFirst().data();
        return List.of(floats("y", 1, x.getFloat(0) + x.getFloat(4) + shift));
    });

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Tensor floats(String name, int columns, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new Tensor(name, DataType.FP32, Shape.of(values.length / columns, columns), data.flip());
    }

    private RouteTable table(int share) {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("next", "m", 2), share, 0.5)));
        return RouteTable.of(List.of(new ModelRoute("m", List.of(primary, shadow), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
    }

    private Shadows shadows(ShadowSettings settings, RouteTable table) {
        Shadows shadows = new Shadows(settings, _ -> queued.get(), (_, _) -> null, RUNNER, nowNanos::get);
        tables.put(shadows, table);
        return shadows.start(() -> table);
    }

    /// The route of those deals it.
    private ReplySink around(Shadows shadows, InferenceRequest request) {
        RouteTable dealing = Objects.requireNonNull(tables.get(shadows));
        return shadows.around(request, dealing.route("m"), new Sink());
    }

    /// The door's.
    private final class Sink implements ReplySink {
        @Override
        public void resolved(ModelKey key) {
            told.add("resolved " + key);
        }

        @Override
        public void reply(InferenceReply reply) {
            told.add("reply");
            if (doorThrows) {
                throw new IllegalStateException("on purpose");
            }
            // From here on the memory is for the next ones.
            reply.outputs().getFirst().data().putFloat(0, -1);
        }

        @Override
        public void fail(ErrorCode code, String message) {
            told.add("fail");
        }

        @Override
        public boolean abandoned() {
            return false;
        }
    }

    private static InferenceRequest request() {
        return new InferenceRequest(
                "m", "", "", List.of(floats("x", 2, 1, 2)), List.of(), InferenceRequest.NO_DEADLINE);
    }

    private static Assigned arm(long hash2, String reason) {
        return new Assigned("m", "stable", "m", 0, reason, true, "m/v1", 1, hash2, 10_000);
    }

    private void answer(Shadows shadows, String reason) {
        answer(shadows, reason, 1);
    }

    /// @param runRows of the primary's run
    private void answer(Shadows shadows, String reason, int runRows) {
        InferenceRequest request = request();
        ReplySink sink = around(shadows, request);
        sink.assigned(arm(3L << 58, reason));
        sink.ran(1, runRows, 100, 300);
        sink.reply(new InferenceReply(new ModelKey("m", 1), List.of(floats("y", 1, 3))));
        // The same with the request's.
        request.inputs().getFirst().data().putFloat(0, -1);
    }

    private static ShadowCounts counts(Shadows shadows) {
        return shadows.counts("m").getOrDefault(KEY, ShadowCounts.EMPTY);
    }

    private static ShadowCounts until(Shadows shadows, Predicate<ShadowCounts> reached) {
        ShadowCounts counts = counts(shadows);
        // What is counted last of a copy that is being counted.
        while (!reached.test(counts) || sum(counts.differences()) < counts.compared()) {
            LockSupport.parkNanos(1_000_000);
            counts = counts(shadows);
        }
        return counts;
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(count -> count).sum();
    }

    @Test
    void aCopyIsAskedAndComparedOnceTheCallerHasItsAnswer() {
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash");
            assertThat(told).containsExactly("reply");
            mayRun.countDown();

            ShadowCounts counts = until(shadows, now -> now.compared() == 1);

            assertThat(counts.disagreed()).isZero();
            assertThat(counts.differences().getFirst()).as("both saw 1 + 2").isEqualTo(1);
            assertThat(counts.primaryRun().sumNanos()).isEqualTo(200);
            assertThat(counts.disagreements().count(3))
                    .as("of the unit's group")
                    .isEqualTo(1);
            assertThat(shadow.leases.get()).isZero();
        }
    }

    @Test
    void aRunAloneIsNotHeldAgainstOneOfManyRows() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash", 8);
            answer(shadows, "hash", 0);
            answer(shadows, "hash", 1);

            ShadowCounts counts = until(shadows, now -> now.compared() == 3);

            assertThat(counts.primaryRun().count()).as("the last one's").isEqualTo(1);
            assertThat(counts.shadowRun().count()).isEqualTo(1);
        }
    }

    @Test
    void whatIsTooFarOffDisagrees() {
        shift = 2;
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "random");

            ShadowCounts counts = until(shadows, now -> now.compared() == 1);

            assertThat(counts.disagreed()).isEqualTo(1);
            assertThat(counts.shift().sum()).isEqualTo(2);
        }
    }

    @Test
    void aShadowThatFailsIsCountedAndTheNextCopyIsAsked() {
        mayRun.countDown();
        fails = true;
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash");
            until(shadows, now -> now.failed().containsKey(ErrorCode.MODEL_FAILED));
            fails = false;
            answer(shadows, "hash");

            assertThat(until(shadows, now -> now.compared() == 1).ran()).isEqualTo(2);
            assertThat(shadow.leases.get()).isZero();
        }
    }

    @Test
    void nobodyIsAskedOfRequestsThatAreNotTheRoutes() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000));
                Shadows none = shadows(MANY, table(0))) {
            answer(shadows, "no-match");
            answer(none, "hash");
            InferenceRequest versioned = request().to(new ModelKey("m", 1));
            Sink door = new Sink();

            assertThat(shadows.around(versioned, null, door)).isSameAs(door);
            answer(shadows, "hash");
            until(shadows, now -> now.compared() == 1);
            assertThat(none.counts()).isEmpty();
        }
    }

    @Test
    void whatHasNoRoomIsDropped() {
        try (Shadows shadows = shadows(FEW, table(10_000))) {
            for (int i = 0; i < 10; i++) {
                answer(shadows, "hash");
            }

            assertThat(counts(shadows).dropped()).as("four fifths of 5 wait").isEqualTo(Map.of(ShadowDrop.FULL, 6L));
            assertThat(told).as("callers see nothing of it").hasSize(10).containsOnly("reply");
            assertThat(shadows.waiting()).isEqualTo(4);
            mayRun.countDown();
            until(shadows, now -> now.compared() == 4);
        }
    }

    @Test
    void aDoorThatThrowsCostsNoRoom() {
        doorThrows = true;
        mayRun.countDown();
        try (Shadows shadows = shadows(FEW, table(10_000))) {
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> answer(shadows, "hash")).hasMessage("on purpose");
                int answered = i + 1;
                until(shadows, now -> now.ran() + now.notRun() == answered);
            }
            while (shadows.waiting() > 0) {
                LockSupport.parkNanos(1_000_000);
            }

            assertThat(counts(shadows).compared())
                    .as("each had room, and a caller who is gone")
                    .isGreaterThan(4);
        }
    }

    @Test
    void bytesAreRoomAsWell() {
        try (Shadows shadows = shadows(new ShadowSettings(1_000, 2_000, Duration.ofSeconds(5), 1), table(10_000))) {
            answer(shadows, "hash");
            answer(shadows, "hash");

            assertThat(counts(shadows).dropped()).isEqualTo(Map.of(ShadowDrop.FULL, 1L));
            assertThat(shadows.waitingBytes()).isLessThanOrEqualTo(1_600);
            mayRun.countDown();
        }
    }

    @Test
    void callersWhoWaitGoFirst() {
        mayRun.countDown();
        queued.set(1);
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash");

            assertThat(until(shadows, now -> now.notRun() > 0).dropped()).isEqualTo(Map.of(ShadowDrop.BUSY, 1L));
            assertThat(shadows.waiting()).isZero();
        }
    }

    @Test
    void whatWaitedTooLongIsNotAsked() {
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash");
            await(running);
            answer(shadows, "hash");
            nowNanos.addAndGet(Duration.ofSeconds(6).toNanos());
            mayRun.countDown();

            ShadowCounts counts = until(shadows, now -> now.notRun() > 0 && now.compared() > 0);

            assertThat(counts.dropped()).isEqualTo(Map.of(ShadowDrop.EXPIRED, 1L));
        }
    }

    @Test
    void whatThePrimaryDidNotAnswerIsNotAsked() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            ReplySink sink = around(shadows, request());
            sink.assigned(arm(0, "hash"));
            sink.fail(ErrorCode.MODEL_FAILED, "on purpose");

            assertThat(counts(shadows).dropped()).isEqualTo(Map.of(ShadowDrop.UNANSWERED, 1L));
            assertThat(told).containsExactly("fail");
        }
    }

    @Test
    void aShadowThatIsNotLoadedIsNotHeldAgainstIt() {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("next", "m", 2), 10_000, 0.5)));
        RouteTable without = RouteTable.of(List.of(new ModelRoute("m", List.of(primary), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
        try (Shadows shadows = shadows(MANY, without)) {
            answer(shadows, "hash");

            ShadowCounts counts = until(shadows, now -> now.ran() + now.notRun() > 0);
            assertThat(counts.dropped()).isEqualTo(Map.of(ShadowDrop.NOT_READY, 1L));
            assertThat(counts.ran()).isZero();
        }
    }

    @Test
    void unitsAreCopiedByTheirShareAndAlwaysTheSame() {
        BoundRoute route = Objects.requireNonNull(table(5_000).route("m"));
        int copied = 0;
        for (int i = 0; i < 20_000; i++) {
            long hash2 = new SplittableRandom(i).nextLong() & -1L << 22;
            List<ShadowTarget> picked = ShadowPick.of(route, hash2);
            assertThat(ShadowPick.of(route, hash2)).isEqualTo(picked);
            copied += picked.size();
        }

        assertThat(copied).isBetween(9_700, 10_300);
    }

    /// What it says twice is the same, whatever it says.
    @Test
    void nobodyIsAskedWhatItAnswered() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            InferenceRequest request = request();
            ReplySink sink = around(shadows, request);
            sink.assigned(arm(3L << 58, "hash"));
            sink.resolved(new ModelKey("m", 2));
            sink.reply(new InferenceReply(new ModelKey("m", 2), List.of(floats("y", 1, 3))));
            ReplySink failing = around(shadows, request());
            failing.assigned(arm(3L << 58, "hash"));
            failing.resolved(new ModelKey("m", 2));
            failing.fail(ErrorCode.MODEL_FAILED, "on purpose");
            answer(shadows, "hash");

            ShadowCounts counts = until(shadows, now -> now.compared() > 0 && shadows.waiting() == 0);
            assertThat(counts.compared()).isEqualTo(1);
            assertThat(counts.notRun()).isZero();
        }
    }

    /// The arm of the shadow's own version failed, so what the fallback arm answers is told of both.
    @Test
    void whatAFallbackArmAnswersIsCopiedAsIfItHadBeenFirst() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            ReplySink sink = around(shadows, request());
            sink.assigned(arm(3L << 58, "hash"));
            sink.resolved(new ModelKey("m", 2));
            sink.assigned(arm(3L << 58, "fallback"));
            sink.resolved(new ModelKey("m", 1));
            sink.reply(new InferenceReply(new ModelKey("m", 1), List.of(floats("y", 1, 3))));

            ShadowCounts counts = until(shadows, now -> now.compared() == 1);
            assertThat(counts.disagreements().count(3)).isEqualTo(1);
        }
    }

    @Test
    void whatIsNotTheRoutesIsNoneOfItsShadowsWhoeverRunsItAgain() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            ReplySink sink = around(shadows, request());
            sink.assigned(arm(0, "no-match"));
            sink.assigned(arm(0, "fallback"));
            sink.reply(new InferenceReply(new ModelKey("m", 1), List.of(floats("y", 1, 3))));
            ReplySink failing = around(shadows, request());
            failing.assigned(arm(0, "no-match"));
            failing.assigned(arm(0, "fallback"));
            failing.fail(ErrorCode.MODEL_FAILED, "on purpose");

            assertThat(shadows.waiting()
                            + counts(shadows).ran()
                            + counts(shadows).notRun())
                    .isZero();
        }
    }

    @Test
    void anArmOfTheShadowsVersionHasNoCopiesOnTheFastPathEither() {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), 5_000, 5_000)))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("next", "m", 2), 10_000, 0.5)));
        RouteTable both = RouteTable.of(List.of(new ModelRoute("m", List.of(primary, shadow), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
        ShadowPick pick = new ShadowPick(Objects.requireNonNull(both.route("m")));

        assertThat(pick.of(0, -1L)).hasSize(1);
        assertThat(pick.of(1, -1L)).isEmpty();
    }

    /// Two candidates with shares and copies: what one says of the other says nothing of the default arm.
    @Test
    void shadowsOfARolloutLearnFromTheDefaultArmOnly() {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withCandidates(List.of(
                        new CandidateSpec(ArmSpec.of("a", "m", 2), 2_000, 2_000),
                        new CandidateSpec(ArmSpec.of("b", "m", 3), 2_000, 2_000)))
                .withShadows(List.of(
                        new ShadowSpec(ArmSpec.of("a-shadow", "m", 2), 10_000, 0.5),
                        new ShadowSpec(ArmSpec.of("b-shadow", "m", 3), 10_000, 0.5),
                        new ShadowSpec(ArmSpec.of("mine", "m", 3), 10_000, 0.5)))
                .withRolled(new Rolled("r", false, Set.of("a", "b", "a-shadow", "b-shadow")));
        FakeVersion third = new FakeVersion(3, (_, _) -> List.of());
        RouteTable table = RouteTable.of(List.of(new ModelRoute("m", List.of(primary, shadow, third), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
        BoundRoute route = Objects.requireNonNull(table.route("m"));
        ShadowPick pick = new ShadowPick(route);

        assertThat(pick.of(0, -1L)).extracting(ShadowsTest::name).containsExactly("a-shadow", "b-shadow", "mine");
        assertThat(pick.of(1, -1L)).extracting(ShadowsTest::name).containsExactly("mine");
        assertThat(pick.of(2, -1L)).isEmpty();
        assertThat(ShadowPick.others(route, ShadowPick.all(route), new ModelKey("m", 2)))
                .as("nor on the general path")
                .extracting(ShadowsTest::name)
                .containsExactly("mine");
    }

    private static String name(ShadowTarget target) {
        return target.key().arm();
    }
}
