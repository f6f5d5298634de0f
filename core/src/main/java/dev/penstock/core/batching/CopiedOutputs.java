package dev.penstock.core.batching;

/// A copy of what a run produced, whose own memory is free for the next one.
final class CopiedOutputs implements BatchOutputs {
    private final OutputRows rows;
    private final long startedNanos;
    private final long endedNanos;
    private long attendedNanos;

    private CopiedOutputs(OutputRows rows, long startedNanos, long endedNanos) {
        this.rows = rows;
        this.startedNanos = startedNanos;
        this.endedNanos = endedNanos;
        this.attendedNanos = startedNanos;
    }

    /// Copies the first rows of `outputs`, and releases those.
    static CopiedOutputs of(BatchOutputs outputs, RowLayout layout, int rowCount) {
        try {
            OutputRows rows = new OutputRows(layout, rowCount);
            rows.copy(outputs, 0, 0, rowCount);
            return new CopiedOutputs(rows, outputs.startedNanos(), outputs.endedNanos());
        } finally {
            outputs.release();
        }
    }

    @Override
    public long address(int output) {
        return rows.address(output);
    }

    @Override
    public long rowBytes(int output) {
        return rows.rowBytes(output);
    }

    @Override
    public long startedNanos() {
        return startedNanos;
    }

    @Override
    public long endedNanos() {
        return endedNanos;
    }

    @Override
    public long attendedNanos() {
        return attendedNanos;
    }

    @Override
    public void attended(long sinceNanos) {
        attendedNanos = sinceNanos;
    }

    /// The memory goes with the last reference to it.
    @Override
    public void release() {}
}
