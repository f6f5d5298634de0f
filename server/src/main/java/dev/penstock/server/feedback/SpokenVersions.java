package dev.penstock.server.feedback;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The versions that serve, and of which one may speak. For one thread at a time.
final class SpokenVersions {
    private final Map<ModelKey, VersionFeedback> versions = new LinkedHashMap<>();

    /// The same, as tokens name them.
    private final Map<Spoken, VersionFeedback> spoken = new HashMap<>();

    /// Those that take no feedback.
    private final Set<ModelKey> silent = new HashSet<>();

    private record Spoken(long model, long version) {
        static Spoken of(ModelKey key) {
            return new Spoken(FeedbackToken.modelHash(key.name()), key.version());
        }
    }

    void put(VersionFeedback version) {
        silent.remove(version.key());
        versions.put(version.key(), version);
        spoken.put(Spoken.of(version.key()), version);
    }

    /// That takes no feedback.
    void putSilent(ModelKey key) {
        silent.add(key);
    }

    /// @return the one that is gone; null if nobody could speak of it
    @Nullable
    VersionFeedback remove(ModelKey key) {
        silent.remove(key);
        VersionFeedback _ = spoken.remove(Spoken.of(key));
        return versions.remove(key);
    }

    @Nullable
    VersionFeedback get(ModelKey key) {
        return versions.get(key);
    }

    /// Who made it; null if nobody can speak of that.
    @Nullable
    VersionFeedback of(Prediction prediction) {
        return spoken.get(new Spoken(prediction.model(), prediction.version()));
    }

    /// Whether it does not serve: it may come, and be spoken of then.
    boolean isAbsent(ModelKey key) {
        return !versions.containsKey(key) && !silent.contains(key);
    }

    Collection<VersionFeedback> all() {
        return versions.values();
    }
}
