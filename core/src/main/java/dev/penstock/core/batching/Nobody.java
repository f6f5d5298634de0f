package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;

/// Stands where a request was claimed but could not be filled in: it is abandoned, and no outcome of it is heard.
final class Nobody implements RowsCall {
    static final Nobody INSTANCE = new Nobody();

    private Nobody() {}

    @Override
    public int rows() {
        return 1;
    }

    @Override
    public long deadlineNanos() {
        return Lane.NO_DEADLINE;
    }

    @Override
    public boolean abandoned() {
        return true;
    }

    @Override
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {}

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        outputs.release();
    }

    @Override
    public void failed(ErrorCode code, String message) {}
}
