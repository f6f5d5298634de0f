package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Answers each request with copies of its inputs, on a thread of its own: input `x` comes back as output `x`.
final class EchoBatcher implements Batcher, AutoCloseable {
    private final ExecutorService worker = Executors.newSingleThreadExecutor();

    /// Leases that are out.
    final AtomicInteger leases = new AtomicInteger();

    /// The requests so far, without their tensors' data.
    final Queue<InferenceRequest> seen = new ConcurrentLinkedQueue<>();

    volatile boolean full;
    volatile @Nullable ErrorCode failure;

    @Override
    public Offer offer(Pending pending) {
        if (full) {
            return Offer.QUEUE_FULL;
        }
        seen.add(pending.request());
        worker.execute(() -> complete(pending));
        return Offer.TAKEN;
    }

    private void complete(Pending pending) {
        List<Tensor> outputs = new ArrayList<>();
        for (Tensor input : pending.request().inputs()) {
            List<String> wanted = pending.request().outputs();
            if (wanted.isEmpty() || wanted.contains(input.name())) {
                outputs.add(copy(input));
            }
        }
        ModelKey key = pending.lease().model().key();
        pending.lease().close();
        ErrorCode code = failure;
        if (code == null) {
            pending.sink().reply(new InferenceReply(key, outputs));
        } else {
            pending.sink().fail(code, "meant by the test");
        }
    }

    private static Tensor copy(Tensor input) {
        ByteBuffer data = ByteBuffer.allocate((int) input.byteCount()).order(ByteOrder.LITTLE_ENDIAN);
        data.put(input.data().duplicate()).flip();
        return new Tensor(input.name(), input.type(), input.shape(), data);
    }

    @Override
    public void close() {
        worker.close();
    }

    /// A model that takes any one or more of the inputs `bool`, `uint8`, …, each a vector of that type.
    VersionHandle everyType(String name, long version) {
        List<TensorSpec> specs = new ArrayList<>();
        for (DataType type : DataType.values()) {
            TensorSpec spec = TensorSpec.of(type.name().toLowerCase(Locale.ROOT), type, -1);
            specs.add(new TensorSpec(spec.name(), type, spec.shape(), spec.dimNames(), true));
        }
        return handle(name, version, new Signature(specs, specs, 0));
    }

    VersionHandle handle(String name, long version, Signature signature) {
        return handle(name, version, () -> signature);
    }

    /// @param signature asked whenever somebody asks the version
    VersionHandle handle(String name, long version, Supplier<Signature> signature) {
        return new Handle(new ModelKey(name, version), signature);
    }

    private final class Handle implements VersionHandle, VersionHandle.Lease, LoadedModel {
        private final ModelKey key;
        private final Supplier<Signature> signature;

        Handle(ModelKey key, Supplier<Signature> signature) {
            this.key = key;
            this.signature = signature;
        }

        @Override
        public ModelKey key() {
            return key;
        }

        @Override
        public Signature signature() {
            return signature.get();
        }

        @Override
        public Lease tryLease() {
            leases.incrementAndGet();
            return this;
        }

        @Override
        public LoadedModel model() {
            return this;
        }

        @Override
        public Runner runner(int index) {
            throw new UnsupportedOperationException("nothing runs here");
        }

        @Override
        public void close() {
            leases.decrementAndGet();
        }
    }
}
