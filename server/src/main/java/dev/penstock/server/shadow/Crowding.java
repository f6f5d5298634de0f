package dev.penstock.server.shadow;

/// Whether others want the processor that a thread behind all of them would run on, told by how late it woke;
/// and then, for how long the thread may keep what it got. Reads no clock; confined to the thread.
///
/// Only timers tell that. What a run waits for besides may be threads of its own, or a device: so who has not
/// slept for a while does, for a moment.
///
/// Where others never rest, the kernel still gives such a thread some milliseconds now and then, and does not
/// take them back before they are over: somebody who waits for microseconds waits for that. So the thread gives
/// them up itself, and stays away twice as long each time that it is so again: what waits for a processor all
/// the time is given one in every gap, and whoever comes back from it a moment later finds the core's caches
/// full of others' data.
final class Crowding {
    /// Longer than a timer and a switch of threads take where a processor was idle.
    private static final long LATE_NANOS = 300_000;

    /// In a crowd, that long at a time.
    private static final long MOST_HELD_NANOS = 100_000;

    /// For how long it stays away the first time, and at most.
    private static final long PAUSE_NANOS = 1_000_000;

    private static final long MOST_PAUSE_NANOS = 128_000_000;

    /// What a timer told so long ago is looked at again, and for how long.
    private static final long OLD_NANOS = 5_000_000;

    private static final long LOOK_NANOS = 50_000;

    private final long mostPauseNanos;
    private long wokeNanos;
    private long wokeBusyNanos;

    /// For how long to stay away; 0 where nobody wants the processor.
    private long crowdNanos;

    /// @param patienceNanos it stays away for no longer than that
    Crowding(long patienceNanos) {
        this.mostPauseNanos = Math.clamp(patienceNanos, PAUSE_NANOS, MOST_PAUSE_NANOS);
    }

    /// The thread slept.
    ///
    /// @param lateNanos how much longer than it meant to
    /// @param nowNanos when it woke
    /// @param busyNanos for how long the thread had a processor up to now
    void woke(long lateNanos, long nowNanos, long busyNanos) {
        crowdNanos = lateNanos > LATE_NANOS ? Math.clamp(2 * crowdNanos, PAUSE_NANOS, mostPauseNanos) : 0;
        wokeNanos = nowNanos;
        wokeBusyNanos = busyNanos;
    }

    /// Whether others wanted its processor when it woke.
    boolean isOn() {
        return crowdNanos > 0;
    }

    /// For how long who has nothing to do sleeps at least.
    ///
    /// @return 0 where nobody wants the processor
    long leastNanos() {
        return crowdNanos;
    }

    /// For how long to sleep now.
    ///
    /// @param busyNanos for how long the thread had a processor up to now
    /// @return 0 for not yet
    long pauseNanos(long nowNanos, long busyNanos) {
        if (crowdNanos > 0 && busyNanos - wokeBusyNanos > MOST_HELD_NANOS) {
            return crowdNanos;
        }
        return nowNanos - wokeNanos > OLD_NANOS ? LOOK_NANOS : 0;
    }
}
