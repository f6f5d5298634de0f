package dev.penstock.server.shadow;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Native;
import dev.penstock.server.fast.CopiedRows;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.Layout;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A copy of a request whose rows have a fixed size: inputs and then outputs, one after another in one array,
/// so that whoever answers callers makes two objects for it. Handed from who fills it to who reads it.
final class RowCopy implements ShadowCopy {
    /// Beside its data, with its place in the queue.
    private static final long OBJECT_BYTES = 192;

    private final List<ShadowTarget> targets;
    private final Layout layout;
    private final int rows;
    private final int group;
    private final long arrivedNanos;
    private final byte[] data;
    private long primaryNanos;
    private int primaryRows;

    private RowCopy(List<ShadowTarget> targets, Layout layout, int rows, int group, long arrivedNanos, byte[] data) {
        this.targets = targets;
        this.layout = layout;
        this.rows = rows;
        this.group = group;
        this.arrivedNanos = arrivedNanos;
        this.data = data;
    }

    /// The memory that it takes, about.
    static long weight(Layout layout, int rows) {
        return OBJECT_BYTES + rows * rowBytes(layout);
    }

    private static long rowBytes(Layout layout) {
        long bytes = layout.inputRowBytes;
        for (int i = 0; i < layout.outputs.size(); i++) {
            bytes += layout.outputs.get(i).rowBytes;
        }
        return bytes;
    }

    /// Copies the inputs, while they are there.
    ///
    /// @param group of the unit, 0 to 63
    static RowCopy of(List<ShadowTarget> targets, FastCall call, Layout layout, int group, long arrivedNanos) {
        int rows = call.rows();
        byte[] data = new byte[Math.toIntExact(rows * rowBytes(layout))];
        RowCopy copy = new RowCopy(targets, layout, rows, group, arrivedNanos, data);
        int at = 0;
        for (int i = 0; i < layout.inputs.size(); i++) {
            at = copy.take(call.inputAddress(i), at, rows * layout.inputs.get(i).rowBytes);
        }
        return copy;
    }

    /// Copies what the caller gets, while it is there. Once.
    void answered(BatchOutputs outputs, int firstRow) {
        int at = (int) (rows * layout.inputRowBytes);
        for (int i = 0; i < layout.outputs.size(); i++) {
            long rowBytes = layout.outputs.get(i).rowBytes;
            at = take(outputs.address(i) + firstRow * rowBytes, at, rows * rowBytes);
        }
        primaryNanos = outputs.endedNanos() - outputs.startedNanos();
        primaryRows = outputs.rows();
    }

    private int take(long address, int at, long bytes) {
        MemorySegment.copy(Native.ALL, address, MemorySegment.ofArray(data), at, bytes);
        return at + (int) bytes;
    }

    Layout layout() {
        return layout;
    }

    int rows() {
        return rows;
    }

    int group() {
        return group;
    }

    /// How long the primary's run was.
    long primaryNanos() {
        return primaryNanos;
    }

    /// How many rows that run had, of other requests as well; 0 if nobody knows.
    int primaryRows() {
        return primaryRows;
    }

    MemorySegment data() {
        return MemorySegment.ofArray(data);
    }

    /// Where an output's rows begin in [#data].
    long outputOffset(int output) {
        long at = rows * layout.inputRowBytes;
        for (int i = 0; i < output; i++) {
            at += rows * layout.outputs.get(i).rowBytes;
        }
        return at;
    }

    /// Puts the rows of an input where they are read.
    void copyInput(int input, long toAddress) {
        long at = 0;
        for (int i = 0; i < input; i++) {
            at += rows * layout.inputs.get(i).rowBytes;
        }
        long bytes = rows * layout.inputs.get(input).rowBytes;
        MemorySegment.copy(data(), at, Native.ALL, toAddress, bytes);
    }

    @Override
    public List<ShadowTarget> targets() {
        return targets;
    }

    @Override
    public ModelKey primary() {
        return layout.model.key();
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public long bytes() {
        return weight(layout, rows);
    }

    // Alone, it says nothing of how long a run among others takes.
    @Override
    public TensorCopy tensors() {
        return new TensorCopy(
                targets,
                group,
                CopiedRows.of(layout.inputs, layout, rows, data, 0),
                List.of(),
                new InferenceReply(primary(), CopiedRows.of(layout.outputs, layout, rows, data, outputOffset(0))),
                primaryRows == rows ? primaryNanos : 0,
                arrivedNanos,
                bytes());
    }
}
