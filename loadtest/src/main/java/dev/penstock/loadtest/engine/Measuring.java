package dev.penstock.loadtest.engine;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// The measured time of one loop: when it begins and ends, and how busy the loop was in it. Confined to the
/// loop.
final class Measuring {
    private final boolean open;
    private final RunGate gate;
    private final Counts counts;
    private final SocketWait sockets;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private boolean begun;
    private boolean over;
    private long overNanos;

    /// When it began, less how long the loop had been idle by then.
    private long busyFromNanos;

    /// @param open whether the loop is an open one
    Measuring(boolean open, RunGate gate, Counts counts, SocketWait sockets) {
        this.open = open;
        this.gate = gate;
        this.counts = counts;
        this.sockets = sockets;
    }

    /// Begins if it is time and it has not begun.
    void begin(Course course, long nowNanos) {
        if (begun || !course.hasBegunCounting(nowNanos)) {
            return;
        }
        begun = true;
        counts.tally().bytesSent = 0;
        counts.tally().bytesReceived = 0;
        counts.tally().cpuNanos = -threads.getCurrentThreadCpuTime();
        busyFromNanos = nowNanos - sockets.idleNanos();
        long from = gate.countingBegan(course.countedFromNanos(nowNanos));
        counts.windows().begin(from, course.countedToNanos(nowNanos));
    }

    /// Ends if it is time, has begun and has not ended.
    void end(Course course, long nowNanos) {
        if (!begun || over || !course.hasEnded(nowNanos)) {
            return;
        }
        over = true;
        overNanos = nowNanos;
        counts.tally().cpuNanos += threads.getCurrentThreadCpuTime();
        long busyNanos = nowNanos - sockets.idleNanos() - busyFromNanos;
        counts.tally().busyNanos = open ? busyNanos : counts.tally().cpuNanos;
        gate.countingEnded();
    }

    boolean isOver() {
        return over;
    }

    /// Of one that is over: when it ended.
    long overNanos() {
        return overNanos;
    }
}
