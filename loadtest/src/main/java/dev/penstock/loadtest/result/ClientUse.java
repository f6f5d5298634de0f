package dev.penstock.loadtest.result;

/// What a load cost the client.
///
/// @param threads that sent and received
/// @param cpuShare of the busiest thread's time that it used a core, 0 to 1; in an open loop, whose threads
///     wait awake, that it had something to do; NaN where it is not known
/// @param microsPerRequest CPU time of all threads
/// @param lateShare of the requests of an open loop that were sent more than a millisecond late, 0 to
///     1; NaN in a closed loop
/// @param waitedShare of the requests of an open loop that had to wait for one that was under way to end, as
///     the client held all of its places in flight, on connections that all stood; NaN in a closed loop and
///     where it is not known
public record ClientUse(int threads, double cpuShare, double microsPerRequest, double lateShare, double waitedShare) {
    private static final double FEW = 0.01;

    /// Whether the number of places in flight, which the client chose, had a part in what was measured.
    public boolean isBoundByPlaces() {
        return waitedShare > FEW;
    }
}
