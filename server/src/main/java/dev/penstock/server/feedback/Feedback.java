package dev.penstock.server.feedback;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.router.ReplyMarker;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.monitoring.Evaluation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What callers say of answers: tokens that go with them, what comes back, and what it says of each version
/// that serves. Thread-safe. Taking what callers say, and signing, wait for no disk but once, for the key of
/// this server and what was said before. Who loads reads, who looks ([#tick]) reads keys that servers share;
/// a thread of its own writes, for which who holds and who closes wait for no longer than their patience.
public final class Feedback implements AutoCloseable {
    /// That are said at once.
    public static final int MOST_ITEMS = 10_000;

    /// Beside the file of the own key.
    private static final String SAID = "feedback.said";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FeedbackSettings settings;
    private final RecordingMemory memory;
    private final InstantSource time;
    private final ServerKeys keys;
    private final QualityBaselines baselines;
    private final SaidBefore said;
    private final TokenVersions versions;
    private final QualityLooks looks;

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
    /// @param memory in which what is said finds room, or makes some
    /// @param time of the clock on the wall
    /// @throws UncheckedIOException if there is a file of keys that has none
    public Feedback(
            FeedbackSettings settings,
            @Nullable Path ownKey,
            @Nullable Path folder,
            RecordingMemory memory,
            InstantSource time) {
        this(settings, ownKey, folder, memory, time, PATIENCE);
    }

    /// @param patience with the disk when something is to be held, and when it closes
    Feedback(
            FeedbackSettings settings,
            @Nullable Path ownKey,
            @Nullable Path folder,
            RecordingMemory memory,
            InstantSource time,
            Duration patience) {
        this.settings = settings;
        this.memory = memory;
        this.time = time;
        this.keys = new ServerKeys(settings, ownKey);
        this.baselines = new QualityBaselines(folder, patience);
        this.said = new SaidBefore(ownKey == null ? null : ownKey.resolveSibling(SAID));
        this.versions = new TokenVersions(settings, baselines, said);
        this.looks = new QualityLooks(settings, versions);
    }

    /// Has quality be estimated from that, too.
    public void estimateFrom(Recorded source) {
        looks.estimateFrom(source);
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
            versions.comeSilent(key, time.millis());
            return null;
        }
        VersionFeedback fresh = new VersionFeedback(key, signature, order, reader, settings, memory);
        TokenKeys signing = keys.keys();
        versions.rememberLearnt();
        QualityBaseline usual = baselines.find(key);
        if (usual != null) {
            boolean _ = fresh.remember(usual, time.millis());
        }
        VersionFeedback version = versions.come(fresh, signature, order, time.millis());
        return new VersionTokens(key.name(), version.reader(), signing, version.rows(), time);
    }

    /// A version is gone, with all that was said of it.
    public void forget(ModelKey key) {
        versions.forget(key, time.millis());
    }

    /// From now on what is said of answers is told to the arms that gave them as well.
    public void tell(ArmLedgers ledgers) {
        versions.arms().to(ledgers);
    }

    /// Counts one thing that a caller says, or says why not.
    public FeedbackAnswer take(FeedbackItem item) {
        long nowMillis = time.millis();
        return versions.take(item, keys.keys(), nowMillis);
    }

    /// Counts that something was said that could not be read.
    public void unreadable() {
        versions.unresolved().increment(FeedbackResult.INVALID);
    }

    /// Looks at what came since the last time, has it written what was learnt, and has it looked whether
    /// there are other keys. About once a second; the clock may be set meanwhile. Waits for no disk.
    public void tick(long nowMillis) {
        keys.refresh(versions::believe);
        versions.rememberLearnt();
        keepSaid(nowMillis, false);
        looks.look(nowMillis);
    }

    private void keepSaid(long nowMillis, boolean now) {
        byte[] news = versions.saidNews(nowMillis, now);
        if (news != null) {
            baselines.then(() -> said.write(news));
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
        Quality quality = looks.quality(key, length == null ? settings.window() : length, time.millis());
        if (quality == null) {
            throw unknown(key);
        }
        return quality;
    }

    private static ServingException unknown(ModelKey key) {
        return new ServingException(
                ErrorCode.NOT_FOUND,
                ("%s takes no feedback (expected: a version that serves, on a server with --feedback-tokens true"
                                + " or of a model with %s: true)")
                        .formatted(key, FeedbackOrder.TOKENS));
    }

    /// Has a version held to be as good as that from now on, and its scores to mean that.
    ///
    /// @param json as the answer about quality has it
    /// @throws ServingException if it is none, or the version takes no feedback
    /// @throws UncheckedIOException if it cannot be kept, and then nothing has changed; or if the disk takes
    ///     too long, and then it counts once it is kept
    public void hold(ModelKey key, String json) {
        QualityBaseline given;
        try {
            given = QualityBaseline.read(json);
        } catch (IllegalArgumentException e) {
            throw ServingException.invalid("a baseline of quality: " + e.getMessage());
        }
        String readAs = versions.readAs(key);
        if (readAs == null) {
            throw unknown(key);
        }
        QualityBaseline usual = given.readAs(readAs);
        try {
            baselines.keep(key, usual, () -> versions.hold(key, usual, time.millis()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The active ones, then some that are over, the last one first.
    public List<Alert> alerts() {
        return versions.alerts();
    }

    /// Every version as it was after the last look, and its counts as they are. Waits for nothing.
    public List<Shown> shown() {
        return versions.shown();
    }

    /// Of what was said of no version that takes feedback here.
    public EnumCounters<FeedbackResult> unresolved() {
        return versions.unresolved();
    }

    /// Writes what is not written yet; leaves that to its thread if the disk takes longer than [#PATIENCE].
    @Override
    public void close() {
        keys.close();
        versions.rememberLearnt();
        keepSaid(time.millis(), true);
        baselines.close();
    }
}
