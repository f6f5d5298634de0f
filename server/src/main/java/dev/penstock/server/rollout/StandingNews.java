package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Observation.Readiness;
import java.util.HashMap;
import java.util.Map;

/// What this server has to say to who drives a rollout of whether its candidates can serve here: what cannot,
/// again and again, and once that it can. Not thread-safe: its owner's lock is held.
final class StandingNews {
    /// Less than after which it is forgotten, see [Elsewhere].
    private static final long AGAIN_MILLIS = 5_000;

    /// A version that failed before may be loaded once more as its rollout begins.
    private static final long FAILED_MILLIS = 10_000;

    private final Map<String, Long> failedSince = new HashMap<>();
    private Map<String, Readiness> now = Map.of();
    private Map<String, Readiness> said = Map.of();
    private long saidMillis;
    private long number;

    /// @param all candidates that have an arm here
    void seen(Map<String, Readiness> all, long nowMillis) {
        Map<String, Readiness> not = new HashMap<>();
        all.forEach((arm, one) -> {
            if (one.state() != Readiness.State.FAILED) {
                failedSince.remove(arm);
            }
            if (one.state() != Readiness.State.READY) {
                not.put(arm, lasting(arm, one, nowMillis));
            }
        });
        now = Map.copyOf(not);
    }

    /// Whether it fits is found by who drives it, too, and may be told of a default arm of a moment ago here.
    private Readiness lasting(String arm, Readiness one, long nowMillis) {
        boolean failed = one.state() == Readiness.State.FAILED
                && nowMillis - failedSince.computeIfAbsent(arm, _ -> nowMillis) >= FAILED_MILLIS;
        return failed ? one : new Readiness(Readiness.State.WAITING, one.detail());
    }

    boolean isDue(long nowMillis) {
        return !now.equals(said) || (!now.isEmpty() && nowMillis - saidMillis >= AGAIN_MILLIS);
    }

    Map<String, Readiness> now() {
        return now;
    }

    /// Of the next row, whatever becomes of it.
    long next() {
        number++;
        return number;
    }

    /// It is written.
    void said(long nowMillis) {
        said = now;
        saidMillis = nowMillis;
    }
}
