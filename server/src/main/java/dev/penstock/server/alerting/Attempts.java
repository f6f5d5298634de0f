package dev.penstock.server.alerting;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counts what came of attempts to reach one receiver, and says so in the log when that changes. Written by one
/// thread, read by any.
final class Attempts {
    private static final System.Logger LOG = System.getLogger(Attempts.class.getName());

    private final String receiver;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile @Nullable Failure last;
    private boolean failing;

    record Failure(String why, long atMillis) {}

    Attempts(String receiver) {
        this.receiver = receiver;
    }

    void add(Poster.Answer answer, long nowMillis) {
        if (answer.accepted()) {
            accepted.increment();
            if (failing) {
                LOG.log(System.Logger.Level.INFO, "alerts: {0} answers again", receiver);
            }
        } else {
            failed.increment();
            last = new Failure(answer.failure(), nowMillis);
            if (!failing) {
                LOG.log(System.Logger.Level.WARNING, "alerts: {0} cannot be told: {1}", receiver, answer.failure());
            }
        }
        failing = !answer.accepted();
    }

    long accepted() {
        return accepted.sum();
    }

    long failed() {
        return failed.sum();
    }

    /// @return why "" if there was none
    Failure last() {
        Failure failure = last;
        return failure == null ? new Failure("", 0) : failure;
    }
}
