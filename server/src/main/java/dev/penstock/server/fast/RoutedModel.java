package dev.penstock.server.fast;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.FixedLane;
import dev.penstock.core.batching.Lane;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.RowsCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One version with a lane of its own, as the fast door sees it. Thread-safe, never blocks.
final class RoutedModel implements FastModel {
    private final VersionHandle handle;
    private final Lane lane;
    private final Signature signature;
    private final ServingObserver observer;
    private final NanoClock clock;

    RoutedModel(VersionHandle handle, FixedLane fixed, ServingObserver observer, NanoClock clock) {
        this.handle = handle;
        this.lane = fixed.lane();
        this.signature = rows(handle.signature(), fixed);
        this.observer = observer;
        this.clock = clock;
    }

    /// What callers must send, with dimension 0 as the rows even where the configuration does not say so.
    private static Signature rows(Signature asked, FixedLane fixed) {
        BatchModel model = fixed.model();
        List<TensorSpec> outputs = new ArrayList<>();
        List<TensorSpec> specs = model.signature().outputs();
        for (int i = 0; i < specs.size(); i++) {
            long[] dims = new long[model.outputRowShape(i).rank() + 1];
            Shape row = model.outputRowShape(i);
            dims[0] = -1;
            for (int dim = 1; dim < dims.length; dim++) {
                dims[dim] = row.dim(dim - 1);
            }
            outputs.add(TensorSpec.of(specs.get(i).name(), specs.get(i).type(), dims));
        }
        int most =
                asked.maxBatchSize() > 0 ? asked.maxBatchSize() : fixed.lane().maxRequestRows();
        return new Signature(
                asked.inputs(), outputs, Math.min(most, fixed.lane().maxRequestRows()));
    }

    /// Whether the version can still be leased. A moment's view.
    boolean isServing() {
        try (VersionHandle.Lease lease = handle.tryLease()) {
            return lease != null;
        }
    }

    @Override
    public ModelKey key() {
        return handle.key();
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    @CheckReturnValue
    @SuppressWarnings("MustBeClosedChecker") // the lease goes with the call, which closes it at its outcome
    public boolean offer(FastCall call) {
        VersionHandle.@Nullable Lease lease = handle.tryLease();
        long nowNanos = clock.nanoTime();
        if (lease == null) {
            refuse(call, ErrorCode.NOT_READY, "model '" + key().name() + "' is being replaced; try again");
            return true;
        }
        int priority = (int) Math.min(call.priority(), Integer.MAX_VALUE);
        Offer answer = lane.offer(new Leased(call, lease, nowNanos), priority, nowNanos);
        if (answer != Offer.TAKEN) {
            lease.close();
        }
        return switch (answer) {
            case TAKEN -> true;
            case QUEUE_FULL -> {
                observer.finished(key(), ErrorCode.OVERLOADED, 0, 0, 0);
                yield false;
            }
            case TOO_LATE -> {
                refuse(call, ErrorCode.OVERLOADED, "the queue is longer than the request's timeout allows");
                yield true;
            }
            case TOO_MANY_ROWS -> {
                refuse(call, ErrorCode.TOO_LARGE, "the request has more rows than the queue takes");
                yield true;
            }
            case CLOSED -> {
                refuse(call, ErrorCode.NOT_READY, "model '" + key().name() + "' is being unloaded");
                yield true;
            }
        };
    }

    private void refuse(FastCall call, ErrorCode code, String message) {
        observer.finished(key(), code, 0, 0, 0);
        call.failed(code, message);
    }

    /// A call with the lease that keeps its version loaded.
    private final class Leased implements RowsCall {
        private final FastCall call;
        private final VersionHandle.Lease lease;
        private final long arrivedNanos;

        Leased(FastCall call, VersionHandle.Lease lease, long arrivedNanos) {
            this.call = call;
            this.lease = lease;
            this.arrivedNanos = arrivedNanos;
        }

        @Override
        public int rows() {
            return call.rows();
        }

        @Override
        public long deadlineNanos() {
            return call.deadlineNanos();
        }

        @Override
        public boolean abandoned() {
            return call.abandoned();
        }

        @Override
        public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
            call.copyRows(input, firstRow, rowCount, toAddress);
        }

        @Override
        public void completed(BatchOutputs outputs, int firstRow) {
            long started = outputs.startedNanos();
            observer.finished(key(), null, call.rows(), started - arrivedNanos, outputs.endedNanos() - started);
            // Outputs belong to the model's memory: the lease goes back when they have been read.
            call.completed(new LeasedOutputs(outputs, lease), firstRow);
        }

        @Override
        public void failed(ErrorCode code, String message) {
            lease.close();
            observer.finished(key(), code, 0, clock.nanoTime() - arrivedNanos, 0);
            call.failed(code, message);
        }
    }

    /// Outputs whose release gives a lease back.
    private record LeasedOutputs(BatchOutputs outputs, VersionHandle.Lease lease) implements BatchOutputs {
        @Override
        public long address(int output) {
            return outputs.address(output);
        }

        @Override
        public long rowBytes(int output) {
            return outputs.rowBytes(output);
        }

        @Override
        public long startedNanos() {
            return outputs.startedNanos();
        }

        @Override
        public long endedNanos() {
            return outputs.endedNanos();
        }

        @Override
        public void release() {
            outputs.release();
            lease.close();
        }
    }
}
