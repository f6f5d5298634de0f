package dev.penstock.loadtest.compare;

import dev.penstock.loadtest.result.ServerUse;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How B differs from A, stage by stage of the same name.
///
/// @param lines in the order of A's stages
/// @param missing names of stages that only A has
/// @param added names of stages that only B has
public record Comparison(Criteria criteria, List<Line> lines, List<String> missing, List<String> added) {
    public Comparison {
        lines = List.copyOf(lines);
        missing = List.copyOf(missing);
        added = List.copyOf(added);
    }

    public static Comparison of(TestResult a, TestResult b, Criteria criteria) {
        Map<String, StageResult> before = byName(a);
        Map<String, StageResult> after = byName(b);
        long common = before.keySet().stream().filter(after::containsKey).count();
        // By Bonferroni: all lines but the server's CPU time, which has no interval.
        double intervals = (double) Math.max(1, common * (Metric.values().length - 1));
        double confidence = 1 - (1 - criteria.confidence()) / intervals;
        List<Line> lines = new ArrayList<>();
        before.forEach((name, stage) -> {
            StageResult other = after.get(name);
            if (other != null) {
                lines.addAll(lines(stage, other, confidence, criteria));
            }
        });
        return new Comparison(criteria, lines, without(before, after), without(after, before));
    }

    private static Map<String, StageResult> byName(TestResult result) {
        Map<String, StageResult> stages = new LinkedHashMap<>();
        result.stages().forEach(stage -> stages.putIfAbsent(stage.name(), stage));
        return stages;
    }

    private static List<String> without(Map<String, StageResult> some, Map<String, StageResult> others) {
        return some.keySet().stream().filter(name -> !others.containsKey(name)).toList();
    }

    private static List<Line> lines(StageResult a, StageResult b, double confidence, Criteria criteria) {
        Estimates before = new Estimates(a, confidence);
        Estimates after = new Estimates(b, confidence);
        boolean isSilent = a.succeeded() > 0 && b.succeeded() == 0;
        List<Line> lines = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            Interval from = estimate(metric, a, before);
            Interval to = estimate(metric, b, after);
            // A limit that cannot be judged is undecided, and not forgotten.
            boolean isTold = !Double.isNaN(from.estimate() + to.estimate());
            if (isSilent) {
                lines.add(silent(a.name(), metric, from, to, criteria));
            } else if (metric != Metric.SERVER_CPU
                    || isTold
                    || criteria.limits().containsKey(metric)) {
                lines.add(line(a.name(), metric, from, to, criteria));
            }
        }
        return lines;
    }

    private static Interval estimate(Metric metric, StageResult stage, Estimates estimates) {
        return switch (metric) {
            case RATE -> estimates.rate();
            case P50 -> estimates.latencyMicros(50);
            case P90 -> estimates.latencyMicros(90);
            case P99 -> estimates.latencyMicros(99);
            case P999 -> estimates.latencyMicros(99.9);
            case ERRORS -> estimates.errorShare();
            case SERVER_CPU ->
                Interval.unknown(
                        stage.server().map(ServerUse::cpuMicrosPerRequest).orElse(Double.NaN));
        };
    }

    private static Line line(String stage, Metric metric, Interval a, Interval b, Criteria criteria) {
        Interval change = metric == Metric.ERRORS ? b.minus(a) : b.ratioTo(a);
        Interval worsening = metric.worsening(change);
        double tolerance = metric == Metric.ERRORS ? 0 : criteria.tolerance();
        boolean isJudged = metric != Metric.SERVER_CPU;
        Verdict verdict = isJudged ? Verdict.of(worsening, tolerance) : Verdict.NOT_JUDGED;
        return new Line(stage, metric, a.estimate(), b.estimate(), change, verdict, limit(metric, worsening, criteria));
    }

    /// Where B answered nothing there is nothing to reckon with: it has no latency, and no ratio of rates.
    private static Line silent(String stage, Metric metric, Interval a, Interval b, Criteria criteria) {
        Line reckoned = line(stage, metric, a, b, criteria);
        Verdict verdict = switch (metric) {
            case RATE, P50, P90, P99, P999 -> Verdict.WORSE;
            case ERRORS, SERVER_CPU -> reckoned.verdict();
        };
        LimitVerdict limit = criteria.limits().containsKey(metric) ? LimitVerdict.EXCEEDED : LimitVerdict.NO_LIMIT;
        return new Line(stage, metric, a.estimate(), b.estimate(), reckoned.change(), verdict, limit);
    }

    private static LimitVerdict limit(Metric metric, Interval worsening, Criteria criteria) {
        Double limit = criteria.limits().get(metric);
        if (limit == null) {
            return LimitVerdict.NO_LIMIT;
        }
        // Of the server's CPU time there is one number: it decides by itself.
        double estimate = worsening.estimate();
        boolean alone = metric == Metric.SERVER_CPU;
        return LimitVerdict.of(alone ? new Interval(estimate, estimate, estimate) : worsening, limit);
    }

    /// Whether B passes: no limit is exceeded or, where there are no limits, nothing is worse.
    ///
    /// @param strict whether what cannot be said, and stages that B lacks, count against B
    public boolean passes(boolean strict) {
        boolean withLimits = !criteria.limits().isEmpty();
        return !(strict && !missing.isEmpty())
                && lines.stream().allMatch(line -> withLimits ? keepsLimit(line, strict) : isNotWorse(line, strict));
    }

    private static boolean keepsLimit(Line line, boolean strict) {
        return line.limit() != LimitVerdict.EXCEEDED && !(strict && line.limit() == LimitVerdict.UNDECIDED);
    }

    private static boolean isNotWorse(Line line, boolean strict) {
        return line.verdict() != Verdict.WORSE && !(strict && line.verdict() == Verdict.NOT_ENOUGH_DATA);
    }
}
