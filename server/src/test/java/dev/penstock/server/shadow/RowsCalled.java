package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.core.batching.Native;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.RefusalRest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A caller's request of rows of two floats, in memory that lives as long as the arena.
final class RowsCalled implements FastCall {
    private final int rows;
    private final long place;
    private final MemorySegment data;

    @Nullable
    String outcome;

    /// @param group of its unit, 0 to 63
    RowsCalled(Arena arena, int group, float... values) {
        this.rows = values.length / 2;
        this.place = (long) group << 58;
        this.data = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    /// What it was asked for is gone, as if the next request were there.
    void forget() {
        data.fill((byte) 0);
    }

    /// As an answer of rows of one float, behind a row of another's.
    BatchOutputs answer(Arena arena, int runRows, float... answers) {
        MemorySegment memory = arena.allocate((answers.length + 1L) * Float.BYTES);
        for (int i = 0; i < answers.length; i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i + 1L, answers[i]);
        }
        return new FloatOutputs(memory, runRows);
    }

    /// @param ran rows of its run
    record FloatOutputs(MemorySegment memory, int ran) implements BatchOutputs {
        @Override
        public long address(int output) {
            return memory.address();
        }

        @Override
        public long rowBytes(int output) {
            return Float.BYTES;
        }

        @Override
        public int rows() {
            return ran;
        }

        @Override
        public long startedNanos() {
            return 100;
        }

        @Override
        public long endedNanos() {
            return 300;
        }

        @Override
        public void release() {
            // The next run's.
            memory.fill((byte) 0);
        }
    }

    @Override
    public @Nullable InlineLoop loop() {
        return null;
    }

    @Override
    public RefusalRest refusals() {
        throw new UnsupportedOperationException("nobody refuses here");
    }

    @Override
    public long priority() {
        return 0;
    }

    @Override
    public @Nullable CharSequence metadata(int index) {
        return null;
    }

    @Override
    public byte[] id() {
        return new byte[0];
    }

    @Override
    public int idLength() {
        return 0;
    }

    @Override
    public long inputAddress(int input) {
        return data.address();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return null;
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return null;
    }

    @Override
    public @Nullable CharSequence requestId() {
        return null;
    }

    @Override
    public void assigned(long ignored) {}

    @Override
    public long routed() {
        return place;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long deadlineNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean abandoned() {
        return false;
    }

    @Override
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
        long rowBytes = 2L * Float.BYTES;
        Native.copy(data.address() + firstRow * rowBytes, toAddress, rowCount * rowBytes);
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        outcome = "completed";
        outputs.release();
    }

    @Override
    public void failed(ErrorCode code, String message) {
        outcome = "failed";
    }
}
