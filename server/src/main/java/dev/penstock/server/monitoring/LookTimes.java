package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import java.time.Duration;

/// When a version is looked at of which nothing came: once a minute, and when something that waits is over.
/// When its windows are judged. Pure but for what it remembers; not thread-safe.
final class LookTimes {
    private static final Duration AT_LEAST_EVERY = Duration.ofMinutes(1);
    private static final long NEVER = Long.MIN_VALUE / 2;

    private final Rhythm looks;
    private final Rhythm evaluations;
    private long dueMillis = NEVER;
    private long evaluatedMillis = NEVER;

    /// Whether something came since windows were judged.
    private boolean news;

    LookTimes(ModelKey key, Duration evaluateEvery) {
        this.looks = Rhythm.of(key, AT_LEAST_EVERY);
        this.evaluations = Rhythm.of(key, evaluateEvery);
    }

    boolean isDue(long nowMillis) {
        return nowMillis >= dueMillis;
    }

    /// The next look is not waited for.
    void atOnce() {
        dueMillis = NEVER;
    }

    /// Something came.
    void newsCame() {
        news = true;
    }

    boolean isToBeEvaluated(long nowMillis) {
        return evaluations.comesBetween(evaluatedMillis, nowMillis);
    }

    void evaluated(long nowMillis) {
        evaluatedMillis = nowMillis;
        news = false;
    }

    /// @param endMillis when what waits is over; [Long#MAX_VALUE] if nothing does
    void looked(long nowMillis, long endMillis) {
        long judged = news ? evaluations.after(nowMillis) : Long.MAX_VALUE;
        dueMillis = Math.min(looks.after(nowMillis), Math.min(endMillis, judged));
    }
}
