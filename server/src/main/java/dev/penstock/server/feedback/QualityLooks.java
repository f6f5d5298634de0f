package dev.penstock.server.feedback;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.monitoring.Evaluation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Looks how good versions are, now and then at all of them. Thread-safe; waits for who counts
/// scores, and for no disk.
final class QualityLooks {
    private final FeedbackSettings settings;
    private final TokenVersions versions;

    /// Of who looks. Taken before those of the versions, and of who counts scores.
    private final ReentrantLock looking = new ReentrantLock();

    private volatile Feedback.Recorded recorded = (key, length) -> null;

    QualityLooks(FeedbackSettings settings, TokenVersions versions) {
        this.settings = settings;
        this.versions = versions;
    }

    void estimateFrom(Feedback.Recorded source) {
        recorded = source;
    }

    /// Judges what came since the last time, and shows all versions anew.
    void look(long nowMillis) {
        looking.lock();
        try {
            versions.look(nowMillis);
            Map<ModelKey, List<Quality>> judged = new HashMap<>();
            for (ModelKey key : versions.due(nowMillis)) {
                judged.put(key, windows(key, nowMillis));
            }
            versions.show(judged, nowMillis);
        } finally {
            looking.unlock();
        }
    }

    private List<Quality> windows(ModelKey key, long nowMillis) {
        List<Quality> windows = new ArrayList<>();
        for (Duration length : new TreeSet<>(List.of(settings.window(), FeedbackSettings.LONG))) {
            Quality quality = find(key, length, nowMillis, false);
            if (quality != null) {
                windows.add(quality);
            }
        }
        return windows;
    }

    /// How good one version was lately.
    ///
    /// @return null if it takes no feedback
    @Nullable
    Quality quality(ModelKey key, Duration length, long nowMillis) {
        return find(key, length, nowMillis, true);
    }

    private @Nullable Quality find(ModelKey key, Duration length, long nowMillis, boolean tick) {
        Evaluation scores = length.compareTo(FeedbackSettings.LONG) > 0 ? null : recorded(key, length);
        return versions.quality(key, length, scores, nowMillis, tick);
    }

    private @Nullable Evaluation recorded(ModelKey key, Duration length) {
        try {
            return recorded.of(key, length);
        } catch (ServingException e) {
            // Nothing of it is.
            return null;
        }
    }
}
