package dev.penstock.core.batching;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/// Puts threads that compute behind those that read and write.
///
/// An event loop wants a core for some microseconds, a worker has one for milliseconds. To the kernel they
/// are equal: a loop that used up its share waits for the next tick, 4 ms on many systems, while refusals and
/// the requests of fast models wait with it. A worker that is nicer gives its core up when a loop wakes, and
/// still gets all that loops leave.
final class Niceness {
    private static final System.Logger LOG = System.getLogger(Niceness.class.getName());

    /// More than that of event loops: about a third of their share, where both want the same core all the time.
    private static final int OF_WORKERS = 5;

    /// Linux's SCHED_IDLE. Of a nicer thread the kernel still lets slices of a millisecond or more end; one
    /// of these gives its core up as soon as any other wants it. Where no core is ever idle it gets a
    /// hundredth of what a worker gets, or less.
    private static final int BEHIND_ALL = 5;

    /// A tenth of the share of an event loop, where both want the same core all the time.
    private static final int OF_COMPILERS = 10;

    private static final int ONE_THREAD = 0;

    private Niceness() {}

    /// One way to put the calling thread behind others.
    private interface Way {
        /// @return what the kernel says
        int put(Linker linker) throws Throwable;
    }

    /// What a thread does that begins with being nicer, for as long as it lives. It is as nice as others
    /// where threads have no niceness of their own, that is everywhere but on Linux.
    static Runnable nicely(Runnable work) {
        return () -> {
            put("niceness", Niceness::nicer);
            work.run();
        };
    }

    /// The same for what may wait for everything else. Threads that it starts are behind others as well.
    static Runnable inBackground(Runnable work) {
        return () -> {
            put("behind all others", Niceness::behindAll);
            work.run();
        };
    }

    private static void put(String what, Way way) {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return;
        }
        String thread = Thread.currentThread().getName();
        try {
            int said = way.put(Linker.nativeLinker());
            LOG.log(System.Logger.Level.DEBUG, "{0}: {1}: {2}", thread, what, said);
        } catch (Throwable e) { // A method handle declares nothing less; without it everything works as well.
            LOG.log(System.Logger.Level.DEBUG, thread + " is as nice as others", e);
        }
    }

    // Both are of the calling thread only, which is Linux's own reading of them.

    @SuppressWarnings("restricted") // The launcher allows it.
    private static int nicer(Linker linker) throws Throwable {
        MethodHandle nice = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("nice"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        return (int) nice.invokeExact(OF_WORKERS);
    }

    @SuppressWarnings("restricted") // The launcher allows it.
    private static int behindAll(Linker linker) throws Throwable {
        MethodHandle schedule = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("sched_setscheduler"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            // A sched_param is one int, the priority, which has to be 0.
            MemorySegment priority = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            return (int) schedule.invokeExact(0, BEHIND_ALL, priority);
        }
    }

    /// @param thread the kernel's id of a compiler's thread in this process
    /// @return what the kernel says; -1 where there is no asking it
    @SuppressWarnings("restricted") // The launcher allows it.
    static int compilerGivesWay(int thread) {
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle priority = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("setpriority"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            return (int) priority.invokeExact(ONE_THREAD, thread, OF_COMPILERS);
        } catch (Throwable e) { // As above.
            LOG.log(System.Logger.Level.DEBUG, "compiler " + thread + " is as nice as others", e);
            return -1;
        }
    }
}
