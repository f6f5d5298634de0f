package dev.penstock.server.memory;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// How busy the machine is that this process runs on, all its processes together.
public final class MachineLoad {
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private MachineLoad() {}

    /// -1 for what the system does not tell.
    public record Memory(long totalBytes, long usedBytes) {}

    /// Since it was last asked.
    ///
    /// @return 0 to 1, of the container's processors if this process is in one; negative if it is not known
    public static double processorShare() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getCpuLoad()
                : -1;
    }

    public static Memory memory() {
        try {
            return of(Files.readString(MEMORY));
        } catch (IOException e) {
            return new Memory(-1, -1);
        }
    }

    /// In use is what programs could not have if they asked for it.
    static Memory of(String meminfo) {
        long total = ProcessMemory.bytes(meminfo, "MemTotal");
        long available = ProcessMemory.bytes(meminfo, "MemAvailable");
        return new Memory(total, total < 0 || available < 0 ? -1 : total - available);
    }
}
