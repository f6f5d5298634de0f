package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.server.store.StoreException;

/// Whether the record is asked by who looks after rollouts: once it does not answer, none of them waits for it
/// for a while, whichever it was. Who waits judges nobody, and keeps people waiting. Not thread-safe: its
/// owner's lock is held.
final class RecordRest {
    /// Less than after which a rollout tries again what could not be written: where it is that rollout's own
    /// fault, others come first.
    private static final long MILLIS = 4_000;

    private final Uptime up;
    private long readMillis;
    private long writeMillis;
    private String why = "";

    RecordRest(Uptime up) {
        this.up = up;
    }

    boolean mayRead() {
        return up.millis() >= readMillis;
    }

    boolean mayWrite() {
        return mayRead() && up.millis() >= writeMillis;
    }

    /// Why it is not asked, or was not.
    String why() {
        return why;
    }

    void readFailed(ServingException cause) {
        if (isAway(cause)) {
            readMillis = up.millis() + MILLIS;
            why = cause.reason();
        }
    }

    void writeFailed(ServingException cause) {
        if (isAway(cause)) {
            writeMillis = up.millis() + MILLIS;
            why = cause.reason();
        }
    }

    /// It is known that it can be read.
    void readable() {
        readMillis = 0;
    }

    /// Something was.
    void written() {
        readMillis = 0;
        writeMillis = 0;
    }

    /// What is refused for another reason is one rollout's matter, also where that is a version that is not
    /// ready.
    static boolean isAway(ServingException refusal) {
        return refusal.getCause() instanceof StoreException cause
                && cause.reason() == StoreException.Reason.UNAVAILABLE;
    }
}
