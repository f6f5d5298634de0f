package dev.penstock.core;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// Elapsed time in nanoseconds, comparable only by subtraction.
@FunctionalInterface
public interface NanoClock {
    /// The one clock of a running program, and with [#ofThisThread] the only place that reads it.
    NanoClock SYSTEM = System::nanoTime;

    /// The time for which whoever asks it had a processor: it stands still while others have it. To be compared
    /// only within one thread. Where the system does not tell, and in virtual threads, [#SYSTEM].
    static NanoClock ofThisThread() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return !Thread.currentThread().isVirtual()
                        && threads.isCurrentThreadCpuTimeSupported()
                        && threads.isThreadCpuTimeEnabled()
                ? threads::getCurrentThreadCpuTime
                : SYSTEM;
    }

    long nanoTime();
}
