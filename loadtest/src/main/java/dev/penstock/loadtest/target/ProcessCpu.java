package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.LoadException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.Optional;

/// The CPU time that a process has used, all its threads together, those that ended included. Thread-safe.
///
/// On Linux it is the kernel's own clock of the process, in nanoseconds; elsewhere what the JDK can find out,
/// which may be as coarse as 10 ms.
public final class ProcessCpu {
    private static final StructLayout TIMESPEC = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("seconds"), ValueLayout.JAVA_LONG.withName("nanos"));
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int NO_CLOCK = 0;
    private static final Optional<MethodHandle> CLOCK_ID =
            function("clock_getcpuclockid", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    private static final Optional<MethodHandle> TIME =
            function("clock_gettime", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);

    private final ProcessHandle process;
    private final int clock;

    private ProcessCpu(ProcessHandle process, int clock) {
        this.process = process;
        this.clock = clock;
    }

    public static ProcessCpu of(ProcessHandle process) {
        return new ProcessCpu(process, clockOf(process));
    }

    @SuppressWarnings("restricted") // The launcher allows it.
    private static Optional<MethodHandle> function(String name, ValueLayout result, ValueLayout... arguments) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, FunctionDescriptor.of(result, arguments)));
    }

    private static int clockOf(ProcessHandle process) {
        if (CLOCK_ID.isEmpty() || TIME.isEmpty()) {
            return NO_CLOCK;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            int failed = (int) CLOCK_ID.get().invokeExact((int) process.pid(), id);
            return failed == 0 ? id.get(ValueLayout.JAVA_INT, 0) : NO_CLOCK;
        } catch (Throwable e) {
            throw new IllegalStateException("clock_getcpuclockid cannot be called", e);
        }
    }

    /// In nanoseconds.
    ///
    /// @throws LoadException if the process has ended
    public long nanos() {
        if (clock == NO_CLOCK || TIME.isEmpty()) {
            return process.info()
                    .totalCpuDuration()
                    .map(Duration::toNanos)
                    .orElseThrow(() -> new LoadException("the CPU time of process " + process.pid() + " is not known"));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(TIMESPEC);
            int failed = (int) TIME.get().invokeExact(clock, time);
            if (failed != 0) {
                throw new LoadException("process " + process.pid() + " has ended while it was measured");
            }
            return time.get(ValueLayout.JAVA_LONG, 0) * NANOS_PER_SECOND
                    + time.get(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG.byteSize());
        } catch (LoadException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("clock_gettime cannot be called", e);
        }
    }
}
