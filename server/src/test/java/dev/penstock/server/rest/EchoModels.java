package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.FastRoute;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One model of the fast path, whose output `x` is its input `x`, FP32 rows of a number of columns. It answers while it
/// is offered, unless it holds its calls for the test.
final class EchoModels implements FastModels, FastModel {
    static final int MAX_ROWS = 4;

    final AtomicInteger offers = new AtomicInteger();
    final AtomicInteger unreleased = new AtomicInteger();
    final BlockingQueue<Held> held = new LinkedBlockingQueue<>();
    volatile boolean holds;

    /// Whether offers end with an Error.
    volatile boolean broken;

    volatile Offer answer = Offer.TAKEN;

    private final String name;
    private final int columns;
    private final Signature signature;

    EchoModels(String name, int columns) {
        this.name = name;
        this.columns = columns;
        TensorSpec spec = TensorSpec.of("x", DataType.FP32, -1, columns);
        this.signature = new Signature(List.of(spec), List.of(spec), MAX_ROWS);
    }

    @Override
    public long generation() {
        return 1;
    }

    @Override
    public @Nullable FastRoute find(String model, String version) {
        return model.equals(name) && version.isEmpty() ? call -> this : null;
    }

    @Override
    public void infer(InferenceRequest request, ReplySink sink) {
        throw new UnsupportedOperationException("only what fits comes here");
    }

    @Override
    public ModelKey key() {
        return new ModelKey(name, 1);
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public Offer offer(FastCall call) {
        offers.incrementAndGet();
        if (broken) {
            throw new OutOfMemoryError("no memory for a request (this is a test)");
        }
        if (answer != Offer.TAKEN) {
            return answer;
        }
        Held taken = copy(call);
        if (holds) {
            held.add(taken);
        } else {
            taken.echo();
        }
        return Offer.TAKEN;
    }

    // The rows of a small call are gone when it was offered.
    private Held copy(FastCall call) {
        long rowBytes = (long) columns * Float.BYTES;
        Arena arena = Arena.ofShared();
        long address = arena.allocate(rowBytes * call.rows(), Float.BYTES).address();
        call.copyRows(0, 0, call.rows(), address);
        unreleased.incrementAndGet();
        return new Held(call, new Rows(arena, address, rowBytes, unreleased));
    }

    /// A call that waits for its outcome.
    record Held(FastCall call, BatchOutputs rows) {
        void echo() {
            call.completed(rows, 0);
        }

        void fail(ErrorCode code) {
            rows.release();
            call.failed(code, "meant by the test");
        }
    }

    private record Rows(Arena arena, long start, long bytes, AtomicInteger unreleased) implements BatchOutputs {
        @Override
        public long address(int output) {
            return start;
        }

        @Override
        public long rowBytes(int output) {
            return bytes;
        }

        @Override
        public long startedNanos() {
            return 0;
        }

        @Override
        public long endedNanos() {
            return 0;
        }

        @Override
        public void release() {
            unreleased.decrementAndGet();
            arena.close();
        }
    }
}
