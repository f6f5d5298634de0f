package dev.penstock.server.grpc;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// Answers on a thread of its own, as a test tells it to; unless told otherwise with the first input as every output.
final class FakeBatcher implements Batcher, AutoCloseable {
    volatile Consumer<Pending> behaviour = FakeBatcher::echo;
    volatile boolean full;
    private final ExecutorService worker = Executors.newSingleThreadExecutor();

    @Override
    public Offer offer(Pending pending) {
        if (full) {
            return Offer.QUEUE_FULL;
        }
        worker.execute(() -> behaviour.accept(pending));
        return Offer.TAKEN;
    }

    static void echo(Pending pending) {
        Signature signature = pending.lease().model().signature();
        Tensor input = pending.request().inputs().getFirst();
        List<String> names = pending.request().outputs().isEmpty()
                ? signature.outputs().stream().map(TensorSpec::name).toList()
                : pending.request().outputs();
        List<Tensor> outputs = new ArrayList<>();
        for (String name : names) {
            outputs.add(new Tensor(name, input.type(), input.shape(), input.data()));
        }
        pending.lease().close();
        pending.sink().reply(new InferenceReply(pending.lease().model().key(), outputs));
    }

    @Override
    public void close() {
        worker.close();
    }
}
