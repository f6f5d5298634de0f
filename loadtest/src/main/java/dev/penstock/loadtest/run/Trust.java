package dev.penstock.loadtest.run;

import dev.penstock.loadtest.result.ClientUse;
import dev.penstock.loadtest.result.Validity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Judges whether a client was fast enough for what it measured to be about the server.
final class Trust {
    /// A thread that is busier cannot be relied on to be there when an answer comes.
    static final double MOST_BUSY = 0.8;

    /// Of the requests may be sent late.
    static final double MOST_LATE = 0.01;

    private static final long LATE_NANOS = 1_000_000;
    private static final double LATE_OF_SERVICE = 0.05;

    private Trust() {}

    /// What is late, in nanoseconds after a request was due: a millisecond, or what hardly shows in the
    /// latency.
    ///
    /// @param medianNanos of what the server took for a request once it was sent; not of the latency, in which the
    ///     client's own backlog is
    static long lateNanos(double medianNanos) {
        return Math.max(LATE_NANOS, (long) (LATE_OF_SERVICE * medianNanos));
    }

    /// @param use what the load cost the client
    /// @param lateMillis what was counted as late
    /// @param overflowed requests that were due and never sent
    /// @param due all that were due
    /// @param places how many requests could be under way
    static Validity judge(ClientUse use, double lateMillis, long overflowed, long due, int places) {
        List<String> reasons = new ArrayList<>();
        if (use.cpuShare() > MOST_BUSY) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "The client's busiest thread was busy for %.0f %% of the time (at most %.0f %%): the client, not the"
                            + " server, may be the limit. Use more threads and connections, or ask from several machines.",
                    use.cpuShare() * 100,
                    MOST_BUSY * 100));
        }
        if (use.lateShare() > MOST_LATE) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "The client noticed %.1f %% of the requests more than %.1f ms after they were due (at most %.0f %%): it"
                            + " could not keep up with this rate, or had to wait for a processor. Use more threads, or"
                            + " ask from another machine.",
                    use.lateShare() * 100,
                    lateMillis,
                    MOST_LATE * 100));
        }
        if (overflowed > 0) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "%,d of %,d requests were never sent: all %,d places in flight were taken and the client's queue was"
                            + " full. Raise connections or in-flight, or ask for less.",
                    overflowed,
                    due,
                    places));
        }
        return new Validity(reasons);
    }
}
