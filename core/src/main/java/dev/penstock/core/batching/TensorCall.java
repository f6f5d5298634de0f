package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A request made of tensors, on its way through a lane.
final class TensorCall implements RowsCall {
    private final Pending pending;
    private final BatchModel model;
    private final ServingObserver observer;
    private final NanoClock clock;
    private final MemorySegment[] inputs;
    private final int rows;

    /// @param inputs of the request in the order of the signature
    TensorCall(
            Pending pending,
            List<Tensor> inputs,
            int rows,
            BatchModel model,
            ServingObserver observer,
            NanoClock clock) {
        this.pending = pending;
        this.model = model;
        this.observer = observer;
        this.clock = clock;
        this.rows = rows;
        this.inputs = new MemorySegment[inputs.size()];
        for (int i = 0; i < this.inputs.length; i++) {
            this.inputs[i] = MemorySegment.ofBuffer(inputs.get(i).data());
        }
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long deadlineNanos() {
        return pending.request().deadlineNanos();
    }

    @Override
    public long timeoutNanos() {
        return pending.request().timeoutNanos();
    }

    @Override
    public int caller() {
        return pending.request().caller();
    }

    @Override
    public boolean abandoned() {
        return pending.sink().abandoned();
    }

    @Override
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
        long rowBytes = model.layout().inputRowBytes(input);
        MemorySegment.copy(inputs[input], firstRow * rowBytes, Native.ALL, toAddress, rowCount * rowBytes);
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        long startedNanos = outputs.startedNanos();
        long endedNanos = outputs.endedNanos();
        int runRows = outputs.rows();
        pending.sink().batched(outputs.attendedNanos());
        List<Tensor> tensors;
        try {
            tensors = copy(outputs, firstRow);
        } catch (RuntimeException | Error e) {
            // Before the lease, which keeps their memory.
            outputs.release();
            ServingException why = Outcomes.failure("copying an answer", e);
            end(why.code(), why.reason(), rows, runRows, startedNanos, endedNanos);
            return;
        }
        outputs.release();
        InferenceReply reply = new InferenceReply(model.key(), tensors);
        pending.settle(observer, null, rows, runRows, startedNanos, endedNanos);
        pending.sink().reply(reply);
    }

    private List<Tensor> copy(BatchOutputs outputs, int firstRow) {
        Signature signature = model.signature();
        List<String> wanted = pending.request().outputs();
        List<Tensor> tensors = new ArrayList<>();
        if (wanted.isEmpty()) {
            for (int i = 0; i < signature.outputs().size(); i++) {
                tensors.add(copy(outputs, firstRow, i));
            }
        } else {
            for (String name : wanted) {
                tensors.add(copy(outputs, firstRow, indexOf(signature, name)));
            }
        }
        return tensors;
    }

    private static int indexOf(Signature signature, String output) {
        for (int i = 0; i < signature.outputs().size(); i++) {
            if (signature.outputs().get(i).name().equals(output)) {
                return i;
            }
        }
        throw new AssertionError("unchecked output " + output);
    }

    private Tensor copy(BatchOutputs outputs, int firstRow, int output) {
        long rowBytes = outputs.rowBytes(output);
        byte[] bytes = new byte[Math.toIntExact(rows * rowBytes)];
        MemorySegment.copy(
                Native.ALL,
                outputs.address(output) + firstRow * rowBytes,
                MemorySegment.ofArray(bytes),
                0,
                bytes.length);
        var spec = model.signature().outputs().get(output);
        Shape shape = ShapeGroup.shapeOf(rows, model.outputRowShape(output));
        return new Tensor(
                spec.name(), spec.type(), shape, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public void failed(ErrorCode code, String message) {
        // A lane tells why it gave up, not when; what failed has waited until now.
        long nowNanos = clock.nanoTime();
        end(code, message, 0, 0, nowNanos, nowNanos);
    }

    private void end(ErrorCode code, String message, int ranRows, int runRows, long startedNanos, long endedNanos) {
        pending.settle(observer, code, ranRows, runRows, startedNanos, endedNanos);
        pending.sink().fail(code, message);
    }
}
