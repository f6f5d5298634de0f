package dev.penstock.server.feedback;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.quality.LabelCounts;
import dev.penstock.monitor.quality.RealisedQuality;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.Rhythm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What is said of one version, and what that says of it. Not thread-safe but for [#rows] and [#results].
final class VersionFeedback {
    private static final double ALPHA = 0.05;
    private static final double SECONDS_PER_MINUTE = 60;

    private final ModelKey key;
    private final Signature signature;
    private final FeedbackOrder order;
    private final AnswerReader reader;
    private final QualityWindows windows;
    private final QualityWatch watch = new QualityWatch();
    private final LongAdder rows = new LongAdder();
    private final EnumCounters<FeedbackResult> results = new EnumCounters<>(FeedbackResult.class);
    private final LabelCounts first = new LabelCounts();
    private LabelDelays delays = LabelDelays.NONE;
    private @Nullable QualityBaseline baseline;

    /// The same, as long as nobody kept it.
    private @Nullable QualityBaseline learnt;

    private @Nullable Task task;
    private int classes;
    private long rowsTold;

    /// What was certainly right at first; NaN as long as nobody knows.
    private double usually = Double.NaN;

    private final Rhythm evaluations;
    private long evaluatedMillis = Long.MIN_VALUE / 2;
    private List<Quality> evaluated = List.of();

    /// @param signature that the reader is of
    /// @param memory in which what is said finds room, or makes some
    VersionFeedback(
            ModelKey key,
            Signature signature,
            FeedbackOrder order,
            AnswerReader reader,
            FeedbackSettings settings,
            RecordingMemory memory) {
        this.key = key;
        this.signature = signature;
        this.order = order;
        this.reader = reader;
        this.windows = new QualityWindows(settings.maxLabelMinutes(), memory);
        this.evaluations = Rhythm.of(key, settings.evaluateEvery());
    }

    ModelKey key() {
        return key;
    }

    /// Whether a version like that would be read and judged as this one is.
    boolean isLike(Signature other, FeedbackOrder asked) {
        return signature.equals(other) && order.equals(asked);
    }

    /// What its answers are, and what is read of them: what was known of others says nothing of these.
    String readAs() {
        return "%s %s %s".formatted(signature.outputs(), order.answers(), order.tolerance());
    }

    AnswerReader reader() {
        return reader;
    }

    /// Rows that were answered with tokens.
    LongAdder rows() {
        return rows;
    }

    EnumCounters<FeedbackResult> results() {
        return results;
    }

    QualityWatch watch() {
        return watch;
    }

    void count(Prediction prediction, FeedbackItem item, long nowMillis, FeedbackSettings settings) {
        long nowMinute = nowMillis / 60_000;
        LabelCounts counts = windows.at(prediction.minute(), nowMinute);
        Prediction.Row row = prediction.rows().get(item.row());
        if (item.said() instanceof FeedbackItem.Reward(double reward)) {
            counts.reward(reward);
            return;
        }
        double known = (double) (item.atMillis() == 0 ? nowMillis : item.atMillis());
        delays = delays.with(Math.max(0, known / 1000 - (double) prediction.minute() * SECONDS_PER_MINUTE));
        Labels.Truth truth = Labels.truth(prediction, item.said(), reader);
        task = Task.of(prediction.classes());
        classes = Math.max(classes, prediction.classes());
        count(counts, row, truth);
        if (baseline != null || !Double.isNaN(order.target())) {
            watch.add(isRight(row, truth));
        }
        if (baseline == null) {
            count(first, row, truth);
            if (first.labels() >= settings.baselineLabels()) {
                QualityBaseline usual = QualityBaseline.of(first, readAs());
                isUsual(usual);
                learnt = usual;
            }
        }
    }

    /// How good it is, if that is known since the last time that somebody asked.
    @Nullable
    QualityBaseline takeLearnt() {
        QualityBaseline now = learnt;
        learnt = null;
        return now;
    }

    private void count(LabelCounts counts, Prediction.Row row, Labels.Truth truth) {
        switch (truth) {
            case Labels.Index(int label) ->
                counts.label(task == null ? Task.MULTICLASS : task, row.predicted(), row.score(), label);
            case Labels.Amount(double value) -> counts.value(row.score(), value, isRight(row, truth));
        }
    }

    /// Whether a label of it is right or wrong, and not only near or far.
    boolean tellsRight(Prediction prediction) {
        return Task.of(prediction.classes()) != Task.REGRESSION || !Double.isNaN(order.tolerance());
    }

    /// @param item that says a label or a value
    boolean isRight(Prediction prediction, FeedbackItem item) {
        return isRight(prediction.rows().get(item.row()), Labels.truth(prediction, item.said(), reader));
    }

    /// A number is right if it is as near as is asked for.
    private boolean isRight(Prediction.Row row, Labels.Truth truth) {
        return switch (truth) {
            case Labels.Index(int label) -> row.predicted() == label;
            case Labels.Amount(double value) -> Math.abs(row.score() - value) <= order.tolerance();
        };
    }

    /// How good it was, as was known before; of answers that were read otherwise it says nothing.
    ///
    /// @return whether it is held to that
    boolean remember(QualityBaseline usual, long nowMillis) {
        boolean same = usual.readAs().isEmpty() || usual.readAs().equals(readAs());
        if (same) {
            hold(usual, nowMillis);
        }
        return same;
    }

    /// How good it has to be.
    void hold(QualityBaseline usual, long nowMillis) {
        isUsual(usual);
        learnt = null;
        watch.reset(nowMillis);
    }

    private void isUsual(QualityBaseline usual) {
        baseline = usual;
        usually = BernoulliSequence.of(usual.right(), usual.labels(), ALPHA).lower();
    }

    /// The share of labels that should be right: as is asked for, or what it certainly was at first.
    double target() {
        if (task() == Task.REGRESSION && Double.isNaN(order.tolerance())) {
            // No number is right or wrong.
            return Double.NaN;
        }
        return Double.isNaN(order.target()) ? usually : order.target();
    }

    /// Whether its windows are to be judged.
    boolean isToBeEvaluated(long nowMillis) {
        return evaluations.comesBetween(evaluatedMillis, nowMillis);
    }

    void evaluated(List<Quality> windows, long nowMillis) {
        evaluated = windows;
        evaluatedMillis = nowMillis;
    }

    Feedback.Shown shown() {
        return new Feedback.Shown(key, results, rows.sum(), delays, target(), evaluated);
    }

    /// It is gone: gives back the memory that is shared.
    void close() {
        windows.close();
    }

    /// Takes what was answered since the last time.
    void tick(long nowMinute) {
        long now = rows.sum();
        windows.predicted(now - rowsTold, nowMinute);
        rowsTold = now;
        windows.age(nowMinute);
    }

    private @Nullable Task task() {
        return task == null ? order.answers().task() : task;
    }

    /// @param labels of the window that is asked for
    private DriftStatus status(long labels) {
        if (watch.raised() != DriftStatus.OK) {
            return watch.raised();
        }
        return labels > 0 && watch.couldTell(target()) ? DriftStatus.OK : DriftStatus.INSUFFICIENT;
    }

    /// @param recorded what was recorded in the same time; null if that is not known
    Quality quality(Duration length, @Nullable Evaluation recorded, long nowMinute) {
        QualityWindows.Sum sum = windows.last(length, nowMinute);
        Task known = task();
        QualityBaseline usual = baseline;
        Estimate estimate = known == null || usual == null || recorded == null
                ? Estimate.NONE
                : Estimate.of(
                        known, usual, recorded, reader.output(), order.answers().threshold());
        int least = Math.max(classes, order.answers().labels().size());
        return new Quality(
                key,
                length,
                known,
                sum.fromMinute(),
                nowMinute,
                status(sum.counts().labels()),
                sum.predictions(),
                sum.counts(),
                least,
                known == null ? List.of() : RealisedQuality.of(known, sum.counts(), least),
                estimate.rows(),
                estimate.metrics(),
                delays,
                usual == null ? null : new Quality.Usual(usual.labels(), usual.right()),
                target());
    }
}
