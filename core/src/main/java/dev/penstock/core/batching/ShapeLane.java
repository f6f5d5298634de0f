package dev.penstock.core.batching;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// What became of a shape when it was tried out: a lane, or the reason why there is none. Thread-safe.
final class ShapeLane {
    private static final VarHandle USED_NANOS;

    static {
        try {
            USED_NANOS = MethodHandles.lookup().findVarHandle(ShapeLane.class, "usedNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable FixedLane lane;
    private final long bytes;
    private final String remark;

    @SuppressWarnings("UnusedVariable") // written and read through USED_NANOS
    private long usedNanos;

    private ShapeLane(@Nullable FixedLane lane, long bytes, String remark) {
        this.lane = lane;
        this.bytes = bytes;
        this.remark = remark;
    }

    /// @param bytes at most what the lane reserves
    /// @param remark in words for the model's status
    static ShapeLane of(FixedLane lane, long bytes, String remark) {
        return new ShapeLane(lane, bytes, remark);
    }

    static ShapeLane none(String why) {
        return new ShapeLane(null, 0, "every request runs alone: " + why);
    }

    @Nullable
    FixedLane lane() {
        return lane;
    }

    long bytes() {
        return bytes;
    }

    String remark() {
        return remark;
    }

    /// A moment's view.
    int queuedRows() {
        return lane == null ? 0 : lane.lane().queuedRows();
    }

    void usedAt(long nowNanos) {
        // The last of several that use it at once may be any of them.
        USED_NANOS.setOpaque(this, nowNanos);
    }

    long unusedNanos(long nowNanos) {
        return nowNanos - (long) USED_NANOS.getOpaque(this);
    }

    /// Blocks until what waits has run, then gives all memory back.
    void close() {
        if (lane != null) {
            lane.close();
        }
    }
}
