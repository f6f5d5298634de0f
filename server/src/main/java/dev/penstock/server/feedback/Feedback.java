package dev.penstock.server.feedback;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.monitor.feedback.FeedbackGate;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.feedback.Repeats;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.router.ReplyMarker;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmName;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.monitoring.Evaluation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What callers say of answers: tokens that go with them, what comes back, and what it says of each version
/// that serves. Thread-safe. Taking what callers say, and signing, wait for no disk but once, for the key of
/// this server. Who loads reads, who looks ([#tick]) or holds writes; neither keeps others from loading and
/// forgetting, nor [#close] for longer than its patience, however long the disk takes.
public final class Feedback implements AutoCloseable {
    /// That are said at once.
    public static final int MOST_ITEMS = 10_000;

    private static final System.Logger LOG = System.getLogger(Feedback.class.getName());
    private static final long MINUTE_MILLIS = 60_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FeedbackSettings settings;
    private final @Nullable Path ownKey;
    private final QualityBaselines baselines;
    private final InstantSource time;
    private final Duration patience;
    private final EnumCounters<FeedbackResult> unresolved = new EnumCounters<>(FeedbackResult.class);

    /// Of who looks. Taken before the others.
    private final ReentrantLock looking = new ReentrantLock();

    /// Of who makes a key or writes. Taken before [#lock], and never by who has that.
    private final ReentrantLock keeping = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<ModelKey, VersionFeedback> versions = new LinkedHashMap<>();

    /// The same, as tokens name them.
    @GuardedBy("lock")
    private final Map<Spoken, VersionFeedback> spoken = new HashMap<>();

    @GuardedBy("lock")
    private final QualityAlerts alerts = new QualityAlerts();

    @GuardedBy("lock")
    private @Nullable FeedbackGate gate;

    private volatile @Nullable TokenKeys keys;
    private volatile @Nullable ArmLedgers arms;
    private volatile Recorded recorded = (key, length) -> null;
    private volatile List<Shown> shown = List.of();

    private record Spoken(long model, long version) {}

    /// What was counted of a version's scores.
    @FunctionalInterface
    public interface Recorded {
        /// @return null if nothing was
        @Nullable
        Evaluation of(ModelKey key, Duration length);
    }

    /// One version, for metrics.
    ///
    /// @param results of what was said of it
    /// @param rows that were answered with tokens
    /// @param windows as they were when they were last looked at
    public record Shown(
            ModelKey key,
            EnumCounters<FeedbackResult> results,
            long rows,
            LabelDelays delays,
            double target,
            List<Quality> windows) {
        public Shown {
            windows = List.copyOf(windows);
        }
    }

    /// @param ownKey file of this server's own key, which is made when it is needed; null keeps it in
    ///     memory
    /// @param folder for what is known of versions, which need not be there; null keeps it in memory
    /// @param time of the clock on the wall
    /// @throws UncheckedIOException if there is a file of keys that has none
    public Feedback(FeedbackSettings settings, @Nullable Path ownKey, @Nullable Path folder, InstantSource time) {
        this(settings, ownKey, folder, time, PATIENCE);
    }

    /// @param patience with the disk when it closes
    Feedback(
            FeedbackSettings settings,
            @Nullable Path ownKey,
            @Nullable Path folder,
            InstantSource time,
            Duration patience) {
        this.settings = settings;
        this.ownKey = ownKey;
        this.baselines = new QualityBaselines(folder);
        this.time = time;
        this.patience = patience;
        if (settings.keyFile().isPresent()) {
            keys = new TokenKeys(settings.keyFile().get(), null);
        }
    }

    /// Has quality be estimated from that, too.
    public void estimateFrom(Recorded source) {
        recorded = source;
    }

    /// A version comes to serve, perhaps in the place of the same version.
    ///
    /// @param signature what callers must send
    /// @return what gives its answers tokens, or null
    public @Nullable ReplyMarker marker(ModelKey key, Signature signature, FeedbackOrder order) {
        Boolean asked = order.tokens();
        AnswerReader reader = new AnswerReader(signature, order.answers());
        // Rewards may be said of answers that no label can be held against, if the model itself asks for it.
        if (asked == null ? !settings.tokens() || !reader.isReadable() : !asked) {
            forget(key);
            return null;
        }
        VersionFeedback version = new VersionFeedback(key, signature, order, reader, settings);
        TokenKeys signing = keys();
        QualityBaseline usual = usual(key);
        if (usual != null) {
            version.hold(usual, time.millis());
        }
        lock.lock();
        try {
            VersionFeedback before = versions.get(key);
            if (before != null && before.isLike(signature, order)) {
                // Loaded anew: what was said of it stays.
                return new VersionTokens(key.name(), before.reader(), signing, before.rows(), time);
            }
            // What it was told of may not be said of it any more; if it is, it is said again.
            alerts.end(key, time.millis());
            versions.put(key, version);
            spoken.put(spoken(key), version);
            return new VersionTokens(key.name(), reader, signing, version.rows(), time);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable QualityBaseline usual(ModelKey key) {
        lock.lock();
        try {
            VersionFeedback before = versions.get(key);
            if (before != null) {
                rememberLearnt(before);
            }
        } finally {
            lock.unlock();
        }
        return baselines.find(key);
    }

    /// A version is gone, with all that was said of it.
    public void forget(ModelKey key) {
        lock.lock();
        try {
            VersionFeedback gone = versions.remove(key);
            if (gone != null) {
                rememberLearnt(gone);
            }
            spoken.remove(spoken(key));
            alerts.end(key, time.millis());
            shown = shown.stream().filter(one -> !one.key().equals(key)).toList();
        } finally {
            lock.unlock();
        }
    }

    /// From now on what is said of answers is told to the arms that gave them as well.
    public void tell(ArmLedgers ledgers) {
        arms = ledgers;
    }

    private static Spoken spoken(ModelKey key) {
        return new Spoken(FeedbackToken.modelHash(key.name()), key.version());
    }

    /// Waits for the disk if nobody needed them before.
    private TokenKeys keys() {
        TokenKeys present = keys;
        if (present != null) {
            return present;
        }
        keeping.lock();
        try {
            present = keys;
            if (present == null) {
                present = ownKeys();
                keys = present;
            }
            return present;
        } finally {
            keeping.unlock();
        }
    }

    private TokenKeys ownKeys() {
        try {
            return new TokenKeys(null, ownKey);
        } catch (UncheckedIOException e) {
            LOG.log(System.Logger.Level.ERROR, "the key of tokens cannot be kept: a restart makes another", e);
            return new TokenKeys(null, null);
        }
    }

    @GuardedBy("lock")
    private FeedbackGate gate(TokenKeys believed) {
        FeedbackGate present = gate;
        if (present == null) {
            Repeats repeats = new Repeats(FeedbackSettings.REMEMBERED);
            present = new FeedbackGate(
                    new FeedbackToken(believed.keys()), repeats, settings.maxLabelMinutes(), this::isKnown);
            gate = present;
        }
        return present;
    }

    // Called by the gate, which is asked under the lock.
    @SuppressWarnings("GuardedBy")
    private boolean isKnown(Prediction prediction) {
        return spoken.containsKey(new Spoken(prediction.model(), prediction.version()));
    }

    /// Counts one thing that a caller says, or says why not.
    public FeedbackAnswer take(FeedbackItem item) {
        long nowMillis = time.millis();
        TokenKeys believed = keys();
        lock.lock();
        try {
            boolean reward = item.said() instanceof FeedbackItem.Reward;
            FeedbackGate.Decision decision = gate(believed)
                    .decide(
                            item.token(),
                            item.row(),
                            reward,
                            nowMillis / MINUTE_MILLIS,
                            prediction -> wrong(prediction, item, nowMillis));
            Prediction prediction = decision.prediction();
            VersionFeedback version =
                    prediction == null ? null : spoken.get(new Spoken(prediction.model(), prediction.version()));
            (version == null ? unresolved : version.results()).increment(decision.result());
            if (version != null && prediction != null && decision.result() == FeedbackResult.ACCEPTED) {
                version.count(prediction, item, nowMillis, settings);
                tellArm(version, prediction, item);
            }
            return new FeedbackAnswer(decision.result(), decision.reason());
        } finally {
            lock.unlock();
        }
    }

    /// What counts of a version counts of the arm that chance gave the request to, if it is still there.
    private void tellArm(VersionFeedback version, Prediction prediction, FeedbackItem item) {
        ArmLedgers ledgers = arms;
        ArmName arm = ledgers == null || prediction.route() == 0
                ? null
                : ledgers.named(prediction.route(), target -> target.equals(version.key()));
        if (ledgers == null || arm == null) {
            return;
        }
        if (item.said() instanceof FeedbackItem.Reward(double reward)) {
            ledgers.reward(arm, prediction.group(), reward);
        } else if (version.tellsRight(prediction)) {
            ledgers.label(arm, prediction.group(), version.isRight(prediction, item));
        }
    }

    // As above.
    @SuppressWarnings("GuardedBy")
    private String wrong(Prediction prediction, FeedbackItem item, long nowMillis) {
        long madeMillis = prediction.minute() * MINUTE_MILLIS;
        boolean early = item.atMillis() != 0 && item.atMillis() < madeMillis;
        if (early || item.atMillis() > nowMillis + MINUTE_MILLIS) {
            return "at: %d (expected: %d..%d, from the prediction up to now)"
                    .formatted(item.atMillis(), madeMillis, nowMillis);
        }
        VersionFeedback version = spoken.get(new Spoken(prediction.model(), prediction.version()));
        return version == null ? "" : Labels.wrong(prediction, item.row(), item.said(), version.reader());
    }

    /// Writes how good versions are that are known now and were not before.
    private void keepLearnt() {
        keeping.lock();
        try {
            lock.lock();
            try {
                for (VersionFeedback version : versions.values()) {
                    rememberLearnt(version);
                }
            } finally {
                lock.unlock();
            }
            baselines.write();
        } finally {
            keeping.unlock();
        }
    }

    /// What it learnt is known to whoever loads it from now on, and is written by whoever looks next.
    @GuardedBy("lock")
    private void rememberLearnt(VersionFeedback version) {
        QualityBaseline usual = version.takeLearnt();
        if (usual != null) {
            baselines.remember(version.key(), usual);
        }
    }

    /// Writes what is not written yet; leaves that to a thread of its own if the disk takes longer than
    /// [#PATIENCE].
    @Override
    public void close() {
        Thread writing = Thread.ofPlatform().daemon().name("feedback-end").start(this::keepLearnt);
        try {
            if (!writing.join(patience)) {
                LOG.log(System.Logger.Level.WARNING, "what was learnt is not written after {0}", patience);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Counts that something was said that could not be read.
    public void unreadable() {
        unresolved.increment(FeedbackResult.INVALID);
    }

    /// Looks at what came since the last time, and writes what it learnt. About once a second; the clock may be
    /// set meanwhile.
    public void tick(long nowMillis) {
        TokenKeys present = keys;
        FeedbackToken others = present != null && present.refresh() ? new FeedbackToken(present.keys()) : null;
        keepLearnt();
        looking.lock();
        try {
            lock.lock();
            try {
                if (others != null && gate != null) {
                    gate.believe(others);
                }
                for (VersionFeedback version : versions.values()) {
                    version.tick(nowMillis / MINUTE_MILLIS);
                    tell(version, nowMillis);
                }
            } finally {
                lock.unlock();
            }
            show(nowMillis);
        } finally {
            looking.unlock();
        }
    }

    @GuardedBy("looking")
    private void show(long nowMillis) {
        List<ModelKey> due = new ArrayList<>();
        lock.lock();
        try {
            for (VersionFeedback version : versions.values()) {
                if (version.isToBeEvaluated(nowMillis)) {
                    due.add(version.key());
                }
            }
        } finally {
            lock.unlock();
        }
        Map<ModelKey, List<Quality>> judged = new HashMap<>();
        for (ModelKey key : due) {
            judged.put(key, windows(key, nowMillis));
        }
        lock.lock();
        try {
            // Some may be gone meanwhile.
            judged.forEach((key, windows) -> {
                VersionFeedback version = versions.get(key);
                if (version != null) {
                    version.evaluated(windows, nowMillis);
                }
            });
            shown = versions.values().stream().map(VersionFeedback::shown).toList();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void tell(VersionFeedback version, long nowMillis) {
        QualityWatch watch = version.watch();
        long sinceMillis = watch.startMillis();
        long labels = watch.labels();
        double target = version.target();
        QualityWatch.Change change = watch.look(target, nowMillis);
        if (change == QualityWatch.Change.NONE) {
            return;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: quality {1}, {2} ({3} labels, expected right: {4})",
                version.key(),
                change,
                watch.raised(),
                labels,
                target);
        if (change == QualityWatch.Change.CLEARED) {
            alerts.end(version.key(), nowMillis);
        } else {
            alerts.raise(version.key(), watch.raised(), sinceMillis, labels, nowMillis);
        }
    }

    private List<Quality> windows(ModelKey key, long nowMillis) {
        List<Quality> windows = new ArrayList<>();
        for (Duration length : new TreeSet<>(List.of(settings.window(), FeedbackSettings.LONG))) {
            Quality quality = find(key, length, nowMillis);
            if (quality != null) {
                windows.add(quality);
            }
        }
        return windows;
    }

    private @Nullable Quality find(ModelKey key, Duration length, long nowMillis) {
        Evaluation scores = length.compareTo(FeedbackSettings.LONG) > 0 ? null : recorded(key, length);
        lock.lock();
        try {
            VersionFeedback version = versions.get(key);
            return version == null ? null : version.quality(length, scores, nowMillis / MINUTE_MILLIS);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Evaluation recorded(ModelKey key, Duration length) {
        try {
            return recorded.of(key, length);
        } catch (ServingException e) {
            // Nothing of it is.
            return null;
        }
    }

    /// How good a version was lately.
    ///
    /// @param length by when it predicted, from 5 minutes to as long as labels may come; null for the
    ///     usual one
    /// @throws ServingException if its answers get no tokens, or it does not serve
    public Quality quality(ModelKey key, @Nullable Duration length) {
        Duration most = Duration.ofDays(settings.maxLabelDays());
        if (length != null && length.compareTo(most) > 0) {
            throw ServingException.invalid("window: %s (expected: at most %d days, as labels may come so late)"
                    .formatted(length, settings.maxLabelDays()));
        }
        long nowMillis = time.millis();
        lock.lock();
        try {
            VersionFeedback version = versions.get(key);
            if (version != null) {
                version.tick(nowMillis / MINUTE_MILLIS);
            }
        } finally {
            lock.unlock();
        }
        Quality quality = find(key, length == null ? settings.window() : length, nowMillis);
        if (quality == null) {
            throw unknown(key);
        }
        return quality;
    }

    private static ServingException unknown(ModelKey key) {
        return new ServingException(
                ErrorCode.NOT_FOUND,
                "%s takes no feedback (expected: a version that serves, with feedback.tokens or %s)"
                        .formatted(key, FeedbackOrder.TOKENS));
    }

    /// Has a version held to be as good as that from now on, and its scores to mean that.
    ///
    /// @param json as the answer about quality has it
    /// @throws ServingException if it is none, or the version takes no feedback
    /// @throws UncheckedIOException if it cannot be kept; then nothing has changed
    public void hold(ModelKey key, String json) {
        QualityBaseline usual;
        try {
            usual = QualityBaseline.read(json);
        } catch (IllegalArgumentException e) {
            throw ServingException.invalid("a baseline of quality: " + e.getMessage());
        }
        keeping.lock();
        try {
            if (!takes(key)) {
                throw unknown(key);
            }
            baselines.keep(key, usual);
            lock.lock();
            try {
                // What it learnt meanwhile, if it is gone by now.
                baselines.drop(key);
                VersionFeedback version = versions.get(key);
                if (version != null) {
                    version.hold(usual, time.millis());
                    alerts.end(key, time.millis());
                }
            } finally {
                lock.unlock();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            keeping.unlock();
        }
    }

    private boolean takes(ModelKey key) {
        lock.lock();
        try {
            return versions.containsKey(key);
        } finally {
            lock.unlock();
        }
    }

    /// The active ones, then some that are over, the last one first.
    public List<Alert> alerts() {
        lock.lock();
        try {
            return alerts.all();
        } finally {
            lock.unlock();
        }
    }

    /// Every version as it was after the last look, and its counts as they are. Waits for nothing.
    public List<Shown> shown() {
        return shown;
    }

    /// Of what was said of no version that takes feedback here.
    public EnumCounters<FeedbackResult> unresolved() {
        return unresolved;
    }
}
