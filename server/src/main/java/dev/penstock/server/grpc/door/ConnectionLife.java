package dev.penstock.server.grpc.door;

/// What the clock demands of one connection. It reads no clock and does nothing: it is told and asked. Confined to the
/// connection's event loop.
final class ConnectionLife {
    /// Age, give or take so many hundredths.
    private static final int JITTER_PERCENT = 10;

    private static final int PERCENT = 100;

    private final long ageNanos;
    private final long idleNanos;
    private final long keepAliveNanos;
    private final long keepAliveTimeoutNanos;

    private final long bornNanos;
    private long idleSinceNanos;
    private long heardNanos;
    private long askedNanos;

    /// Whether the peer was asked for a word and has not said one since.
    private boolean asked;

    private boolean leaving;

    /// What is to be done.
    enum Due {
        NOTHING,
        /// The peer is to be asked whether it is there; [#asked] follows.
        ASK,
        /// It does not answer.
        DEAD,
        IDLE,
        OLD
    }

    /// @param dice uniform in 0..200, drawn by the caller
    ConnectionLife(ConnectionSettings settings, int dice, long nowNanos) {
        ageNanos = settings.maxAge().toNanos() / PERCENT * (PERCENT - JITTER_PERCENT)
                + settings.maxAge().toNanos() / (PERCENT * JITTER_PERCENT) * dice;
        idleNanos = settings.maxIdle().toNanos();
        keepAliveNanos = settings.keepAliveTime().toNanos();
        keepAliveTimeoutNanos = settings.keepAliveTimeout().toNanos();
        bornNanos = nowNanos;
        idleSinceNanos = nowNanos;
        heardNanos = nowNanos;
    }

    /// Whether it matters when the peer was heard.
    boolean listens() {
        return keepAliveNanos > 0;
    }

    /// Whether it matters when the last call ended.
    boolean mindsIdling() {
        return idleNanos > 0;
    }

    /// Something came from the peer.
    void heard(long nowNanos) {
        heardNanos = nowNanos;
        asked = false;
    }

    /// The last call ended.
    void idleSince(long nowNanos) {
        idleSinceNanos = nowNanos;
    }

    /// The peer was told to go: from now on it only matters whether it is there.
    void leaving() {
        leaving = true;
    }

    void asked(long nowNanos) {
        asked = true;
        askedNanos = nowNanos;
    }

    /// @param idle whether no call is under way
    Due due(long nowNanos, boolean idle) {
        if (asked && nowNanos - askedNanos >= keepAliveTimeoutNanos) {
            return Due.DEAD;
        }
        if (listens() && !asked && nowNanos - heardNanos >= keepAliveNanos) {
            return Due.ASK;
        }
        if (mindsIdling() && !leaving && idle && nowNanos - idleSinceNanos >= idleNanos) {
            return Due.IDLE;
        }
        return ageNanos > 0 && !leaving && nowNanos - bornNanos >= ageNanos ? Due.OLD : Due.NOTHING;
    }

    /// How long nothing can become due that is not; [Long#MAX_VALUE] if nothing ever can.
    long restNanos(long nowNanos, boolean idle) {
        long rest = Long.MAX_VALUE;
        if (asked) {
            rest = Math.min(rest, askedNanos + keepAliveTimeoutNanos - nowNanos);
        } else if (listens()) {
            rest = Math.min(rest, heardNanos + keepAliveNanos - nowNanos);
        }
        if (mindsIdling() && !leaving) {
            rest = Math.min(rest, idle ? idleSinceNanos + idleNanos - nowNanos : idleNanos);
        }
        if (ageNanos > 0 && !leaving) {
            rest = Math.min(rest, bornNanos + ageNanos - nowNanos);
        }
        return Math.max(rest, 1);
    }
}
