package dev.penstock.server.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// How much memory models may have together. Pure, but for [#ofThisMachine].
public final class MemoryBudget {
    /// No limit.
    public static final long NONE = 0;

    /// Code, threads, buffers of connections: what a server needs beside its heap and its models.
    private static final long LEAST_MARGIN_BYTES = 256L << 20;

    private static final int MARGIN_PART = 10;

    /// However small the machine is, some of it is for models.
    private static final int LEAST_PART = 4;

    private MemoryBudget() {}

    /// What this machine, or the container that this process runs in, has for models.
    public static long ofThisMachine() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            return of(system.getTotalMemorySize(), Runtime.getRuntime().maxMemory());
        }
        return NONE;
    }

    /// @param totalBytes of the machine; 0 if it is not known
    /// @param heapBytes the most that the heap may have
    static long of(long totalBytes, long heapBytes) {
        if (totalBytes <= 0) {
            return NONE;
        }
        long margin = Math.max(LEAST_MARGIN_BYTES, totalBytes / MARGIN_PART);
        return Math.max(totalBytes / LEAST_PART, totalBytes - heapBytes - margin);
    }
}
