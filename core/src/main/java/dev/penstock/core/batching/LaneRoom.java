package dev.penstock.core.batching;

/// What the lanes of one model may reserve. Callers choose shapes, so this is what they can make it reserve.
///
/// @param lanes how many at most; one more while it takes the place of another
/// @param bytes of all together, ring and batches of every worker; more by one lane while that takes the place
///     of others
/// @param batchBytes of the rows of one batch, inputs and outputs, unless somebody chose how many rows that are
/// @param ringBytes of the rows that wait, unless somebody chose how many those are
/// @param patience a lane takes the place of another only when this many times as long has passed as the last
///     replacing took: trying shapes out must not take the processors from running them
record LaneRoom(int lanes, long bytes, long batchBytes, long ringBytes, int patience) {
    private static final long MOST_BATCH_BYTES = 8L << 20;
    private static final long MOST_RING_BYTES = 8L << 20;

    /// Of a model whose rows all have one shape.
    static final LaneRoom ONE = new LaneRoom(1, Long.MAX_VALUE, MOST_BATCH_BYTES, MOST_RING_BYTES, 0);

    private static final int MOST_LANES = 64;
    private static final long MOST_BYTES = 256L << 20;
    private static final long SHAPE_RING_BYTES = 1L << 20;
    private static final int PATIENCE = 9;

    /// Four lanes with the largest batches fit.
    private static final int FEWEST_LANES = 4;

    /// Of a model whose rows have many shapes.
    ///
    /// @param runners how many threads have a batch of each lane
    static LaneRoom many(int runners) {
        long batchBytes = Math.min(MOST_BATCH_BYTES, MOST_BYTES / FEWEST_LANES / (2L * runners));
        return new LaneRoom(MOST_LANES, MOST_BYTES, batchBytes, SHAPE_RING_BYTES, PATIENCE);
    }
}
