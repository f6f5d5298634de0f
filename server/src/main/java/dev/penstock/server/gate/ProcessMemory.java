package dev.penstock.server.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory this process has in use. What it grows by while a model is loaded is about what the model
/// takes,
/// and whatever else the process took meanwhile.
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s*(\\d{1,12}) kB$");

    private ProcessMemory() {}

    /// @return the resident bytes, or -1 where the system does not tell
    public static long residentBytes() {
        try {
            return residentBytes(Files.readString(STATUS));
        } catch (IOException e) {
            return -1;
        }
    }

    static long residentBytes(String status) {
        Matcher line = RESIDENT.matcher(status);
        return line.find() ? Long.parseLong(line.group(1)) << 10 : -1;
    }

    /// What was added between two readings, for [Footprint#measuredBytes].
    ///
    /// @return -1 if one of them is unknown
    public static long grown(long beforeBytes, long afterBytes) {
        return beforeBytes < 0 || afterBytes < 0 ? -1 : Math.max(0, afterBytes - beforeBytes);
    }
}
