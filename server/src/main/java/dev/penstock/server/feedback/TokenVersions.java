package dev.penstock.server.feedback;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.EnumCounters;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.monitor.feedback.FeedbackGate;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.feedback.Repeats;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.monitoring.Evaluation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The versions whose answers get tokens, what is said of them, and the alerts that follow. Thread-safe; waits
/// for the disk only once, when the first thing is said, and holds nobody up meanwhile but who says things.
final class TokenVersions {
    private static final long MINUTE_MILLIS = 60_000;

    private final FeedbackSettings settings;
    private final QualityBaselines baselines;
    private final SaidBefore said;
    private final EnumCounters<FeedbackResult> unresolved = new EnumCounters<>(FeedbackResult.class);
    private final ArmLabels arms = new ArmLabels();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final SpokenVersions versions = new SpokenVersions();

    @GuardedBy("lock")
    private final QualityAlerts alerts = new QualityAlerts();

    @GuardedBy("lock")
    private @Nullable FeedbackGate gate;

    private volatile List<Feedback.Shown> shown = List.of();

    /// @param baselines what they learn is remembered there
    /// @param said news of it are asked for under the lock
    TokenVersions(FeedbackSettings settings, QualityBaselines baselines, SaidBefore said) {
        this.settings = settings;
        this.baselines = baselines;
        this.said = said;
    }

    /// A version comes to serve, perhaps in the place of the same one.
    ///
    /// @return the one of which is spoken from now on: that which was there, if it is like this one
    VersionFeedback come(VersionFeedback version, Signature signature, FeedbackOrder order, long nowMillis) {
        ModelKey key = version.key();
        lock.lock();
        try {
            VersionFeedback before = versions.get(key);
            if (before != null && before.isLike(signature, order)) {
                // Loaded anew: what was said of it stays.
                return before;
            }
            if (before != null) {
                before.close();
            }
            // What it was told of may not be said of it any more; if it is, it is said again.
            alerts.end(key, nowMillis);
            versions.put(version);
            return version;
        } finally {
            lock.unlock();
        }
    }

    /// A version comes to serve that takes no feedback.
    void comeSilent(ModelKey key, long nowMillis) {
        lock.lock();
        try {
            forget(key, nowMillis);
            versions.putSilent(key);
        } finally {
            lock.unlock();
        }
    }

    void forget(ModelKey key, long nowMillis) {
        lock.lock();
        try {
            VersionFeedback gone = versions.remove(key);
            if (gone != null) {
                rememberLearnt(gone);
                gone.close();
            }
            alerts.end(key, nowMillis);
            shown = shown.stream().filter(one -> !one.key().equals(key)).toList();
        } finally {
            lock.unlock();
        }
    }

    /// What the versions learnt is known to whoever loads them from now on.
    void rememberLearnt() {
        lock.lock();
        try {
            for (VersionFeedback version : versions.all()) {
                rememberLearnt(version);
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void rememberLearnt(VersionFeedback version) {
        QualityBaseline usual = version.takeLearnt();
        if (usual != null) {
            baselines.remember(version.key(), usual);
        }
    }

    /// As [SaidBefore#news].
    byte @Nullable [] saidNews(long nowMillis, boolean now) {
        lock.lock();
        try {
            return said.news(nowMillis, now);
        } finally {
            lock.unlock();
        }
    }

    /// How answers of a version are read; null if it takes no feedback.
    @Nullable
    String readAs(ModelKey key) {
        lock.lock();
        try {
            VersionFeedback version = versions.get(key);
            return version == null ? null : version.readAs();
        } finally {
            lock.unlock();
        }
    }

    void hold(ModelKey key, QualityBaseline usual, long nowMillis) {
        lock.lock();
        try {
            VersionFeedback version = versions.get(key);
            if (version != null && version.remember(usual, nowMillis)) {
                alerts.end(key, nowMillis);
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private FeedbackGate gate(TokenKeys believed, Repeats repeats) {
        FeedbackGate present = gate;
        if (present == null) {
            FeedbackToken tokens = new FeedbackToken(believed.keys());
            present = new FeedbackGate(tokens, repeats, settings.maxLabelMinutes(), this::standing);
            gate = present;
        }
        return present;
    }

    // Called by the gate, which is asked under the lock.
    @SuppressWarnings("GuardedBy")
    private FeedbackResult standing(Prediction prediction) {
        if (arms.isAwaited(prediction, versions::isAbsent)) {
            return FeedbackResult.AWAITED;
        }
        return versions.of(prediction) == null ? FeedbackResult.UNKNOWN : FeedbackResult.ACCEPTED;
    }

    /// Tokens are read so from now on.
    void believe(FeedbackToken others) {
        lock.lock();
        try {
            if (gate != null) {
                gate.believe(others);
            }
        } finally {
            lock.unlock();
        }
    }

    FeedbackAnswer take(FeedbackItem item, TokenKeys believed, long nowMillis) {
        // Before the lock: this reads a file the first time.
        Repeats repeats = said.repeats();
        lock.lock();
        try {
            boolean reward = item.said() instanceof FeedbackItem.Reward;
            FeedbackGate.Decision decision = gate(believed, repeats)
                    .decide(
                            item.token(),
                            item.row(),
                            reward,
                            nowMillis / MINUTE_MILLIS,
                            prediction -> wrong(prediction, item, nowMillis));
            Prediction prediction = decision.prediction();
            VersionFeedback version = prediction == null ? null : versions.of(prediction);
            (version == null ? unresolved : version.results()).increment(decision.result());
            if (version != null && prediction != null && decision.result() == FeedbackResult.ACCEPTED) {
                version.count(prediction, item, nowMillis, settings);
                arms.tell(version, prediction, item);
            }
            return new FeedbackAnswer(decision.result(), decision.reason());
        } finally {
            lock.unlock();
        }
    }

    // As above.
    @SuppressWarnings("GuardedBy")
    private String wrong(Prediction prediction, FeedbackItem item, long nowMillis) {
        String wrong = item.wrongTime(prediction.minute() * MINUTE_MILLIS, nowMillis);
        VersionFeedback version = versions.of(prediction);
        return !wrong.isEmpty() || version == null
                ? wrong
                : Labels.wrong(prediction, item.row(), item.said(), version.reader());
    }

    /// Takes what was answered since the last time, and judges what was said.
    void look(long nowMillis) {
        lock.lock();
        try {
            for (VersionFeedback version : versions.all()) {
                version.tick(nowMillis / MINUTE_MILLIS);
                alerts.look(version, nowMillis);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Those whose windows are to be judged.
    List<ModelKey> due(long nowMillis) {
        lock.lock();
        try {
            return versions.all().stream()
                    .filter(version -> version.isToBeEvaluated(nowMillis))
                    .map(VersionFeedback::key)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /// @param tick whether it is to take first what was answered since the last look
    /// @return null if it is gone
    @Nullable
    Quality quality(ModelKey key, Duration length, @Nullable Evaluation scores, long nowMillis, boolean tick) {
        lock.lock();
        try {
            VersionFeedback version = versions.get(key);
            if (version != null && tick) {
                version.tick(nowMillis / MINUTE_MILLIS);
            }
            return version == null ? null : version.quality(length, scores, nowMillis / MINUTE_MILLIS);
        } finally {
            lock.unlock();
        }
    }

    List<Alert> alerts() {
        lock.lock();
        try {
            return alerts.all();
        } finally {
            lock.unlock();
        }
    }

    /// Shows all as they are now.
    ///
    /// @param judged windows of some; those may be gone meanwhile
    void show(Map<ModelKey, List<Quality>> judged, long nowMillis) {
        lock.lock();
        try {
            for (VersionFeedback version : versions.all()) {
                List<Quality> windows = judged.get(version.key());
                if (windows != null) {
                    version.evaluated(windows, nowMillis);
                }
            }
            shown = versions.all().stream().map(VersionFeedback::shown).toList();
        } finally {
            lock.unlock();
        }
    }

    List<Feedback.Shown> shown() {
        return shown;
    }

    /// Who is told what is said.
    ArmLabels arms() {
        return arms;
    }

    EnumCounters<FeedbackResult> unresolved() {
        return unresolved;
    }
}
