package dev.penstock.server.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory this process has in use. What it grows by while a model is loaded is about what the model takes,
/// and whatever else the process took meanwhile, for requests say: an estimate, unless nothing else goes on.
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /// All that is in memory, files among it.
    ///
    /// @return bytes, or -1 where the system does not tell
    public static long residentBytes() {
        return read("VmRSS");
    }

    /// Without what can be read from files again.
    ///
    /// @return bytes, or -1 where the system does not tell
    public static long anonymousBytes() {
        return read("RssAnon");
    }

    private static long read(String field) {
        try {
            return bytes(Files.readString(STATUS), field);
        } catch (IOException e) {
            return -1;
        }
    }

    static long bytes(String status, String field) {
        Matcher line =
                Pattern.compile("(?m)^" + field + ":\\s*(\\d{1,12}) kB$").matcher(status);
        return line.find() ? Long.parseLong(line.group(1)) << 10 : -1;
    }

    /// What was added between two readings, for [Footprint#measured].
    ///
    /// @return -1 if one of them is unknown
    public static long grown(long beforeBytes, long afterBytes) {
        return beforeBytes < 0 || afterBytes < 0 ? -1 : Math.max(0, afterBytes - beforeBytes);
    }
}
