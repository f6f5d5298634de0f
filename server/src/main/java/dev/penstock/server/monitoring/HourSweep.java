package dev.penstock.server.monitoring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// Has hours deleted that are too old, once a day. Not thread-safe; waits for nothing.
final class HourSweep {
    private static final Duration EVERY = Duration.ofDays(1);

    private final @Nullable Path folder;
    private final DiskWork disk;
    private long sweptMillis;

    /// @param folder of hours, null if there is none
    /// @param disk does it
    HourSweep(@Nullable Path folder, DiskWork disk) {
        this.folder = folder;
        this.disk = disk;
    }

    void tick(long nowMillis) {
        Path swept = folder;
        if (swept == null || nowMillis - sweptMillis < EVERY.toMillis()) {
            return;
        }
        try {
            disk.execute(() -> HourSlots.sweep(swept, nowMillis));
            sweptMillis = nowMillis;
        } catch (RejectedExecutionException e) {
            // The disk is behind: the next look has it done.
        }
    }
}
