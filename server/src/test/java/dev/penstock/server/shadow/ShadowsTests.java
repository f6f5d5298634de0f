package dev.penstock.server.shadow;

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
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Timeout;

/// What tests of shadows begin with: a route whose shadow answers when it may, and a door.
@Timeout(240)
abstract class ShadowsTests {
    static final ShadowKey KEY = new ShadowKey("m", "next", new ModelKey("m", 2));
    static final ShadowSettings FEW = new ShadowSettings(5, 1 << 20, Duration.ofSeconds(5), 1);
    static final ShadowSettings MANY = new ShadowSettings(16_384, 64 << 20, Duration.ofSeconds(5), 0.5);
    static final int RUNNER = 7;

    final AtomicLong nowNanos = new AtomicLong(1);
    final AtomicInteger queued = new AtomicInteger();
    final List<String> told = new ArrayList<>();
    final FakeVersion primary = new FakeVersion(1, (inputs, outputs) -> {
        throw new AssertionError("callers' requests run elsewhere");
    });

    /// Adds up what it is given, once it may.
    final CountDownLatch mayRun = new CountDownLatch(1);

    final IdentityHashMap<Shadows, RouteTable> tables = new IdentityHashMap<>();

    final CountDownLatch running = new CountDownLatch(1);
    volatile float shift;
    volatile boolean doorThrows;
    volatile boolean fails;
    final FakeVersion shadow = new FakeVersion(2, (inputs, outputs) -> {
        running.countDown();
        await(mayRun);
        if (fails) {
            throw new ServingException(ErrorCode.MODEL_FAILED, "on purpose");
        }
        ByteBuffer x = inputs.getFirst().data();
        return List.of(floats("y", 1, x.getFloat(0) + x.getFloat(4) + shift));
    });

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Tensor floats(String name, int columns, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new Tensor(name, DataType.FP32, Shape.of(values.length / columns, columns), data.flip());
    }

    RouteTable table(int share) {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("next", "m", 2), share, 0.5)));
        return RouteTable.of(List.of(new ModelRoute("m", List.of(primary, shadow), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
    }

    Shadows shadows(ShadowSettings settings, RouteTable table) {
        Shadows shadows = new Shadows(settings, _ -> queued.get(), (_, _) -> null, RUNNER, nowNanos::get);
        tables.put(shadows, table);
        return shadows.start(() -> table);
    }

    /// The route of those deals it.
    ReplySink around(Shadows shadows, InferenceRequest request) {
        RouteTable dealing = Objects.requireNonNull(tables.get(shadows));
        return shadows.around(request, dealing.route("m"), new Sink());
    }

    /// The door's.
    final class Sink implements ReplySink {
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

    static InferenceRequest request() {
        return new InferenceRequest(
                "m", "", "", List.of(floats("x", 2, 1, 2)), List.of(), InferenceRequest.NO_DEADLINE);
    }

    static Assigned arm(long hash2, String reason) {
        return new Assigned("m", "stable", "m", 0, reason, true, "m/v1", 1, hash2, 10_000);
    }

    void answer(Shadows shadows, String reason) {
        answer(shadows, reason, 1);
    }

    /// @param runRows of the primary's run
    void answer(Shadows shadows, String reason, int runRows) {
        InferenceRequest request = request();
        ReplySink sink = around(shadows, request);
        sink.assigned(arm(3L << 58, reason));
        sink.ran(1, runRows, 100, 300);
        sink.reply(new InferenceReply(new ModelKey("m", 1), List.of(floats("y", 1, 3))));
        // The same with the request's.
        request.inputs().getFirst().data().putFloat(0, -1);
    }

    static ShadowCounts counts(Shadows shadows) {
        return shadows.counts("m").getOrDefault(KEY, ShadowCounts.EMPTY);
    }

    static ShadowCounts until(Shadows shadows, Predicate<ShadowCounts> reached) {
        ShadowCounts counts = counts(shadows);
        // What is counted last of a copy that is being counted.
        while (!reached.test(counts) || sum(counts.differences()) < counts.compared()) {
            LockSupport.parkNanos(1_000_000);
            counts = counts(shadows);
        }
        return counts;
    }

    static long sum(List<Long> counts) {
        return counts.stream().mapToLong(count -> count).sum();
    }
}
