package dev.penstock.server.grpc.door;

/// Finds peers that ask too often whether we are there: the first two questions that come too soon are let pass, and
/// all begins anew whenever they were sent an answer, as clients ask to measure the path while data flows. Confined to
/// the connection's event loop.
final class PingStrikes {
    private static final int MAX_STRIKES = 2;

    private final long permitNanos;
    private boolean pinged;
    private long pingedNanos;
    private int strikes;

    PingStrikes(long permitNanos) {
        this.permitNanos = permitNanos;
    }

    /// Counts one PING.
    ///
    /// @param answered whether the peer was sent an answer since the last one
    /// @return whether that was one too many
    boolean exceeded(long nowNanos, boolean answered) {
        if (answered) {
            pinged = false;
            strikes = 0;
        }
        if (!pinged || nowNanos - pingedNanos >= permitNanos) {
            pinged = true;
            pingedNanos = nowNanos;
            return false;
        }
        return ++strikes > MAX_STRIKES;
    }
}
