package dev.penstock.monitor.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.core.RunRows;
import dev.penstock.core.batching.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A run whose tensors a test makes, inputs first, on the heap or in native memory.
final class FakeRun implements RunRows {
    private final int rows;
    private final List<MemorySegment> tensors = new ArrayList<>();
    private final List<Long> rowBytes = new ArrayList<>();
    private boolean isNative;

    FakeRun(int rows) {
        this.rows = rows;
    }

    /// Has the tensors read by their addresses, as those of batches are.
    FakeRun inNativeMemory() {
        isNative = true;
        for (int i = 0; i < tensors.size(); i++) {
            MemorySegment copy =
                    Arena.ofAuto().allocate(Math.max(1, tensors.get(i).byteSize()), 64);
            copy.copyFrom(tensors.get(i));
            tensors.set(i, copy);
        }
        return this;
    }

    FakeRun absent() {
        return add(ByteBuffer.allocate(0), ABSENT);
    }

    /// Row by row.
    FakeRun floats(float... values) {
        ByteBuffer bytes = buffer(values.length * Float.BYTES);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return add(bytes, (long) bytes.capacity() / rows);
    }

    FakeRun doubles(double... values) {
        ByteBuffer bytes = buffer(values.length * Double.BYTES);
        for (double value : values) {
            bytes.putDouble(value);
        }
        return add(bytes, (long) bytes.capacity() / rows);
    }

    FakeRun longs(long... values) {
        ByteBuffer bytes = buffer(values.length * Long.BYTES);
        for (long value : values) {
            bytes.putLong(value);
        }
        return add(bytes, (long) bytes.capacity() / rows);
    }

    FakeRun bytes(byte... values) {
        return add(ByteBuffer.wrap(values), (long) values.length / rows);
    }

    FakeRun texts(String... values) {
        int size = 0;
        for (String value : values) {
            size += Integer.BYTES + value.getBytes(UTF_8).length;
        }
        ByteBuffer bytes = buffer(size);
        for (String value : values) {
            byte[] text = value.getBytes(UTF_8);
            bytes.putInt(text.length).put(text);
        }
        return add(bytes, VARIES);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private FakeRun add(ByteBuffer bytes, long bytesOfRow) {
        tensors.add(MemorySegment.ofBuffer(bytes.clear()));
        rowBytes.add(bytesOfRow);
        return this;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long rowBytes(int tensor) {
        return rowBytes.get(tensor);
    }

    @Override
    public long offset(int tensor) {
        return isNative ? tensors.get(tensor).address() : 0;
    }

    @Override
    public MemorySegment memory(int tensor) {
        return isNative ? Native.ALL : tensors.get(tensor);
    }
}
