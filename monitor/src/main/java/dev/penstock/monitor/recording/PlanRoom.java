package dev.penstock.monitor.recording;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The room that one version's plan takes of the memory of all. Guarded by its user.
final class PlanRoom {
    private final RecordingMemory memory;
    private final long maxBytes;
    private final int writers;
    private long reservedBytes;

    /// @param maxBytes of this version
    /// @param writers how many threads count by a plan
    PlanRoom(RecordingMemory memory, long maxBytes, int writers) {
        this.memory = memory;
        this.maxBytes = maxBytes;
        this.writers = writers;
    }

    /// Takes what that plan needs instead of what was taken.
    ///
    /// @return false if there is not so much; then nothing changes
    boolean tryReserve(MonitorPlan plan) {
        long bytes = plan.bytes(writers);
        if (bytes > maxBytes || !memory.tryReplace(reservedBytes, bytes)) {
            return false;
        }
        reservedBytes = bytes;
        return true;
    }

    /// Takes room for the first of them that finds it.
    ///
    /// @return that plan, or null if none does
    @Nullable
    MonitorPlan tryFirst(List<MonitorPlan> candidates) {
        for (MonitorPlan candidate : candidates) {
            if (tryReserve(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /// Whether the plan would have room if others took none.
    boolean mayFit(MonitorPlan plan) {
        return plan.bytes(writers) <= maxBytes;
    }

    /// Why there is no room for that plan.
    String refusal(MonitorPlan plan) {
        return "monitoring %d features takes %d bytes, and all models together %d (expected: <= %d)"
                .formatted(
                        plan.features().size(),
                        plan.bytes(writers),
                        memory.reservedBytes() - reservedBytes + plan.bytes(writers),
                        memory.maxBytes());
    }

    /// Gives all of it back.
    void release() {
        memory.release(reservedBytes);
        reservedBytes = 0;
    }

    long bytes() {
        return reservedBytes;
    }
}
