package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ModelKey;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The runners of one model, one for each index, made at its first call. Thread-safe.
final class RunnerKeeper<R> implements AutoCloseable {
    private final ModelKey key;
    private final Maker<R> maker;
    private final Consumer<R> closer;
    private final AtomicReferenceArray<R> runners;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private boolean closed;

    /// @param size how many indices there are
    /// @param closer of each runner, once
    RunnerKeeper(ModelKey key, int size, Maker<R> maker, Consumer<R> closer) {
        this.key = key;
        this.maker = maker;
        this.closer = closer;
        this.runners = new AtomicReferenceArray<>(size);
    }

    /// How a runner is made.
    interface Maker<R> {
        R make(int index) throws OrtException;
    }

    /// Blocks while another is being made, if this one is not there yet.
    ///
    /// @throws IllegalStateException if it cannot be made, or all are closed
    R get(int index) {
        R runner = runners.get(index);
        return runner == null ? make(index) : runner;
    }

    private R make(int index) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(key + " is closed");
            }
            R runner = runners.get(index);
            if (runner == null) {
                runner = maker.make(index);
                runners.set(index, runner);
            }
            return runner;
        } catch (OrtException e) {
            throw new IllegalStateException(key + ": runner " + index + " cannot be made", e);
        } finally {
            lock.unlock();
        }
    }

    /// Not while one runs. Closing a second time does nothing.
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            for (int i = 0; i < runners.length(); i++) {
                R runner = runners.get(i);
                if (runner != null) {
                    closer.accept(runner);
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
