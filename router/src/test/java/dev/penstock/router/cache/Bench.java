package dev.penstock.router.cache;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Response caches with versions, requests and a batcher that a test drives by hand.
final class Bench implements AutoCloseable {
    final AtomicLong nowNanos = new AtomicLong(1_000);
    final AtomicInteger leases = new AtomicInteger();
    final Queue queue = new Queue();
    final ResponseCaches caches;

    Bench(long maxBytes, Duration ttl, int maxFollowers) {
        this.caches = new ResponseCaches(
                new ResponseCaches.Settings(maxBytes, ttl, maxFollowers),
                (key, failure, rows, queueNanos, runNanos) -> {},
                nowNanos::get);
    }

    static Bench standard() {
        return new Bench(1 << 20, Duration.ZERO, 100);
    }

    CachedVersion version(long number) {
        return version(number, new CacheOrder(0, null));
    }

    CachedVersion version(long number, CacheOrder order) {
        return caches.inFrontOf(new Version(number), order);
    }

    /// Offers a request, and answers it as a router would if it is not taken.
    Caller ask(CachedVersion version, InferenceRequest request) {
        return ask(version, request, queue);
    }

    @SuppressWarnings("MustBeClosedChecker") // goes with what was taken, which gives it back
    Caller ask(CachedVersion version, InferenceRequest request, Batcher batcher) {
        Caller caller = new Caller();
        VersionHandle.Lease lease = version.tryLease();
        if (lease == null) {
            throw new AssertionError("a version of a test is always there");
        }
        Offer answer = version.offer(new Pending(request, lease, caller, 1, nowNanos.get()), batcher);
        if (answer != Offer.TAKEN) {
            lease.close();
            ServingException refusal = answer.refusal("m");
            caller.fail(refusal.code(), refusal.reason());
        }
        return caller;
    }

    CacheUsage usage() {
        return caches.usage().getFirst();
    }

    static InferenceRequest request(String bytes) {
        return request(bytes, InferenceRequest.NO_DEADLINE);
    }

    static InferenceRequest request(String bytes, long deadlineNanos) {
        return new InferenceRequest("m", "", "", List.of(tensor("x", bytes)), List.of(), deadlineNanos);
    }

    static Tensor tensor(String name, String bytes) {
        byte[] data = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return new Tensor(
                name,
                DataType.UINT8,
                Shape.of(data.length),
                ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
    }

    /// Leaves the tensor unread.
    static String text(Tensor tensor) {
        byte[] bytes = new byte[tensor.data().remaining()];
        tensor.data().duplicate().get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        caches.close();
    }

    /// Holds what is offered until the test completes it. Confined to one thread at a time.
    static final class Queue implements Batcher {
        final ArrayDeque<Pending> waiting = new ArrayDeque<>();
        int offered;
        boolean full;

        /// What offering throws, once.
        @Nullable
        Error fault;

        @Override
        public Offer offer(Pending pending) {
            offered++;
            Error thrown = fault;
            if (thrown != null) {
                fault = null;
                throw thrown;
            }
            if (full) {
                return Offer.QUEUE_FULL;
            }
            waiting.add(pending);
            return Offer.TAKEN;
        }

        /// Answers the oldest.
        void reply(String bytes) {
            Pending pending = waiting.remove();
            pending.lease().close();
            pending.sink().reply(new InferenceReply(new ModelKey("m", 1), List.of(tensor("y", bytes))));
        }

        void fail(ErrorCode code) {
            Pending pending = waiting.remove();
            pending.lease().close();
            pending.sink().fail(code, "on purpose");
        }
    }

    /// Who asked. A second outcome is told as a failure.
    static final class Caller implements ReplySink {
        final CompletableFuture<String> answer = new CompletableFuture<>();
        volatile boolean gone;

        /// Done when it has its outcome.
        volatile Runnable whenAnswered = () -> {};

        @Override
        public void resolved(ModelKey key) {}

        @Override
        public void reply(InferenceReply reply) {
            end(text(reply.outputs().getFirst()));
        }

        @Override
        public void fail(ErrorCode code, String message) {
            end(code.name());
        }

        private void end(String outcome) {
            if (!answer.complete(outcome)) {
                answer.obtrudeValue("a second outcome: " + outcome);
            }
            whenAnswered.run();
        }

        @Override
        public boolean abandoned() {
            return gone;
        }

        /// The outcome, or null while there is none.
        @Nullable
        String outcome() {
            return answer.getNow(null);
        }
    }

    private final class Version implements VersionHandle {
        private final ModelKey key;

        Version(long number) {
            this.key = new ModelKey("m", number);
        }

        @Override
        public ModelKey key() {
            return key;
        }

        @Override
        public Signature signature() {
            return new Signature(List.of(TensorSpec.of("x", DataType.UINT8, -1)), List.of(), 0);
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        public Lease tryLease() {
            leases.incrementAndGet();
            return new TestLease(key);
        }
    }

    /// Which version a request was offered for.
    static ModelKey keyOf(Pending pending) {
        return ((TestLease) pending.lease()).key;
    }

    private final class TestLease implements VersionHandle.Lease {
        private final ModelKey key;
        private final AtomicBoolean open = new AtomicBoolean(true);

        TestLease(ModelKey key) {
            this.key = key;
        }

        @Override
        public LoadedModel model() {
            throw new AssertionError("a cache asks nothing of a model");
        }

        @Override
        public void close() {
            if (!open.compareAndSet(true, false)) {
                throw new IllegalStateException("closed twice");
            }
            leases.decrementAndGet();
        }
    }
}
