package dev.penstock.server.memory;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory this process has in use. What it grows by while a model is loaded is about what the model
/// takes, and whatever else the process took meanwhile, for requests say: an estimate, unless nothing else
/// goes on.
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessMemory() {}

    /// All that is in memory, files among it.
    ///
    /// @return bytes, or -1 where the system does not tell
    public static long residentBytes() {
        return field("VmRSS");
    }

    /// Without what can be read from files again.
    ///
    /// @return bytes, or -1 where the system does not tell
    public static long anonymousBytes() {
        return field("RssAnon");
    }

    private static long field(String field) {
        try {
            return bytes(Files.readString(STATUS), field);
        } catch (IOException e) {
            return -1;
        }
    }

    static long bytes(String status, String field) {
        Matcher line = Pattern.compile("(?m)^" + field + ":\\s*(\\d{1,12}) kB$").matcher(status);
        return line.find() ? Long.parseLong(line.group(1)) << 10 : -1;
    }

    /// Reads it.
    @FunctionalInterface
    public interface Meter {
        /// That of the process.
        Meter SYSTEM = ProcessMemory::read;

        Reading read();
    }

    /// What the process had in use at one moment.
    ///
    /// @param anonymousBytes -1 where the system does not tell
    /// @param allocatedBytes on the heap, by all threads since the start
    public record Reading(long anonymousBytes, long allocatedBytes) {}

    private static Reading read() {
        long allocated = ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                ? threads.getTotalThreadAllocatedBytes()
                : 0;
        return new Reading(anonymousBytes(), allocated);
    }

    /// What was added between two readings, for [Footprint#measured]. What was allocated on the heap
    /// meanwhile is left out: by so much at most it grew. So where much is served nearly nothing is found,
    /// rather than too much.
    ///
    /// @return -1 if one of them is unknown
    public static long grown(Reading before, Reading after) {
        if (before.anonymousBytes() < 0 || after.anonymousBytes() < 0) {
            return -1;
        }
        long allocated = Math.max(0, after.allocatedBytes() - before.allocatedBytes());
        return Math.max(0, after.anonymousBytes() - before.anonymousBytes() - allocated);
    }
}
