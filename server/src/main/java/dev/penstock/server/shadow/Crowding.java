package dev.penstock.server.shadow;

/// Whether others want the processor that a thread behind all of them would run on, told by how late it woke;
/// and then, for how long the thread may keep what it got. Reads no clock; confined to the thread.
///
/// Only timers tell that. What a run waits for besides may be threads of its own, or a device: so who has not
/// slept for a while does, for a moment.
///
/// Where others never rest, the kernel still gives such a thread some milliseconds now and then, and does not
/// take them back before they are over: somebody who waits for microseconds waits for that. So the thread gives
/// them up itself.
final class Crowding {
    /// Longer than a timer and a switch of threads take where a processor was idle.
    private static final long LATE_NANOS = 300_000;

    /// In a crowd, that long at a time.
    private static final long MOST_HELD_NANOS = 100_000;

    private static final long PAUSE_NANOS = 1_000_000;

    /// What a timer told so long ago is looked at again, and for how long.
    private static final long OLD_NANOS = 5_000_000;

    private static final long LOOK_NANOS = 50_000;

    private long wokeNanos;
    private long wokeBusyNanos;
    private boolean crowded;

    /// The thread slept.
    ///
    /// @param lateNanos how much longer than it meant to
    /// @param nowNanos when it woke
    /// @param busyNanos for how long the thread had a processor up to now
    void woke(long lateNanos, long nowNanos, long busyNanos) {
        crowded = lateNanos > LATE_NANOS;
        wokeNanos = nowNanos;
        wokeBusyNanos = busyNanos;
    }

    /// Whether others wanted its processor when it woke.
    boolean isOn() {
        return crowded;
    }

    /// For how long to sleep now.
    ///
    /// @param busyNanos for how long the thread had a processor up to now
    /// @return 0 for not yet
    long pauseNanos(long nowNanos, long busyNanos) {
        if (crowded && busyNanos - wokeBusyNanos > MOST_HELD_NANOS) {
            return PAUSE_NANOS;
        }
        return nowNanos - wokeNanos > OLD_NANOS ? LOOK_NANOS : 0;
    }
}
