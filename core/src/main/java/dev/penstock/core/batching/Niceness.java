package dev.penstock.core.batching;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/// Puts threads that compute behind those that read and write.
///
/// An event loop wants a core for some microseconds, a worker has one for milliseconds. To the kernel they are
/// equal: a loop that used up its share waits for the next tick, 4 ms on many systems, while refusals and the requests
/// of fast models wait with it. A worker that is nicer gives its core up when a loop wakes, and still gets all that
/// loops leave.
final class Niceness {
    private static final System.Logger LOG = System.getLogger(Niceness.class.getName());

    /// More than that of event loops: about a third of their share, where both want the same core all the time.
    private static final int OF_WORKERS = 5;

    private Niceness() {}

    /// What a thread does that begins with being nicer, for as long as it lives. It is as nice as others where threads
    /// have no niceness of their own, that is everywhere but on Linux.
    static Runnable nicely(Runnable work) {
        return () -> {
            makeNicer();
            work.run();
        };
    }

    @SuppressWarnings("restricted") // the C library's own function, declared as its manual says
    private static void makeNicer() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return;
        }
        try {
            // Of the calling thread only, which is Linux's own reading of it.
            Linker linker = Linker.nativeLinker();
            MethodHandle nice = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("nice"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            int niceness = (int) nice.invokeExact(OF_WORKERS);
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "niceness of {0}: {1}",
                    Thread.currentThread().getName(),
                    niceness);
        } catch (Throwable e) { // A method handle declares nothing less; without it everything works as well.
            LOG.log(System.Logger.Level.DEBUG, "the thread is as nice as others", e);
        }
    }
}
