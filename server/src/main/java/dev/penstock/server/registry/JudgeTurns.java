package dev.penstock.server.registry;

import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Which versions this server leaves to others to judge: one server is to judge a version, and the others wait
/// for what it records. If nothing comes within a time, anybody judges. It is measured from when this server
/// first saw it unjudged, for clocks of machines differ. Thread-safe.
final class JudgeTurns {
    private final Replica here;

    /// When versions were first seen unjudged, by model. Of those only that are left to others.
    private final Map<String, Map<Long, Seen>> seen = new ConcurrentHashMap<>();

    /// @param of as it was then
    private record Seen(VersionRecord of, long atNanos) {
        /// The number may have been given anew, or a server asked to judge it anew; what is asked for with it
        /// besides is no reason to wait for longer.
        boolean isOf(VersionRecord version) {
            return of.registered().equals(version.registered())
                    && of.by().equals(version.by())
                    && of.judge().equals(version.judge())
                    && of.wanted() == version.wanted();
        }
    }

    JudgeTurns(Replica here) {
        this.here = here;
    }

    /// The versions of a model that this server does not judge now, and so does not serve.
    SortedSet<Long> left(ModelRecord model) {
        SortedSet<Long> left = new TreeSet<>();
        seen.compute(model.name(), (_, before) -> {
            Map<Long, Seen> now = now(model, before == null ? Map.of() : before);
            now.forEach((number, first) -> {
                if (remainingNanos(first) > 0) {
                    left.add(number);
                }
            });
            return now.isEmpty() ? null : now;
        });
        return left;
    }

    private Map<Long, Seen> now(ModelRecord model, Map<Long, Seen> before) {
        Map<Long, Seen> now = new HashMap<>();
        model.versions().forEach((number, version) -> {
            if (isOthers(version)) {
                Seen first = before.get(number);
                boolean same = first != null && first.isOf(version);
                now.put(number, same ? first : new Seen(version, here.clock().nanoTime()));
            }
        });
        return Collections.unmodifiableMap(now);
    }

    private boolean isOthers(VersionRecord version) {
        return version.gates().isEmpty()
                && !version.judge().isEmpty()
                && !version.judge().equals(here.id());
    }

    private long remainingNanos(Seen first) {
        return here.patience().toNanos() - (here.clock().nanoTime() - first.atNanos());
    }

    /// How long until the next version of a model is not left to others any more; 0 if none is.
    long remainingNanos(String model) {
        return seen.getOrDefault(model, Map.of()).values().stream()
                .mapToLong(this::remainingNanos)
                .filter(nanos -> nanos > 0)
                .min()
                .orElse(0);
    }

    /// The model is gone.
    void forget(String model) {
        seen.remove(model);
    }
}
