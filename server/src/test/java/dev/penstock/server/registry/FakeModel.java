package dev.penstock.server.registry;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.Signature;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts how often it was closed, and remembers by which thread; refuses to run after that.
final class FakeModel implements LoadedModel {
    private final ModelKey key;
    private final Signature signature;
    private final AtomicInteger closings = new AtomicInteger();
    private volatile String closingThread = "";

    /// How it says that it is run.
    volatile List<String> remarks = List.of();

    FakeModel(ModelKey key, Signature signature) {
        this.key = key;
        this.signature = signature;
    }

    @Override
    public ModelKey key() {
        return key;
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public Runner runner(int index) {
        if (closings.get() > 0) {
            throw new IllegalStateException(key + " was used after it was closed");
        }
        return (inputs, outputs) -> List.of();
    }

    @Override
    public List<String> remarks() {
        return remarks;
    }

    int closings() {
        return closings.get();
    }

    String closingThread() {
        return closingThread;
    }

    @Override
    public void close() {
        closingThread = Thread.currentThread().getName();
        closings.incrementAndGet();
    }
}
