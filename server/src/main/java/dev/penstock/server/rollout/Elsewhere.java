package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Observation.Readiness;
import java.util.HashMap;
import java.util.Map;

/// What other servers said lately of whether a rollout's candidates can serve there. Not thread-safe: its
/// owner's lock is held.
final class Elsewhere {
    /// A server that says nothing more is gone, and keeps nobody waiting.
    private static final long FORGOTTEN_MILLIS = 20_000;

    private static final int MOST = 512;

    private final Map<String, Word> bySource = new HashMap<>();

    private record Word(long number, long heardMillis, Standing standing) {
        boolean isOld(long nowMillis) {
            return nowMillis - heardMillis > FORGOTTEN_MILLIS;
        }
    }

    /// Once for each number of a source.
    void heard(String source, long number, Standing standing, long nowMillis) {
        Word last = bySource.get(source);
        if (last == null && bySource.size() >= MOST) {
            bySource.values().removeIf(word -> word.isOld(nowMillis));
        }
        if (last == null ? bySource.size() < MOST : last.number() < number) {
            bySource.put(source, new Word(number, nowMillis, standing));
        }
    }

    /// The worst of each candidate, here and elsewhere.
    Map<String, Readiness> with(Map<String, Readiness> here, long nowMillis) {
        Map<String, Readiness> worst = new HashMap<>(here);
        for (Word word : bySource.values()) {
            if (!word.isOld(nowMillis)) {
                word.standing()
                        .arms()
                        .forEach((arm, one) -> worst.computeIfPresent(
                                arm,
                                (_, known) -> worse(known, one, word.standing().server())));
            }
        }
        return worst;
    }

    private static Readiness worse(Readiness known, Readiness other, String server) {
        if (other.state().compareTo(known.state()) <= 0) {
            return known;
        }
        String detail = other.detail().isEmpty() ? "" : ": " + other.detail();
        return new Readiness(other.state(), "on " + server + detail);
    }
}
