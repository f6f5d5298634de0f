package dev.penstock.router.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.router.arms.RewardRange;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A rollout, as people ask for it. Immutable; what is wrong with it is said when it is made.
///
/// @param route its public name
/// @param control the default arm's name, with which candidates are compared
/// @param candidates one, but for experiments and bandits
/// @param steps in order
/// @param metrics each with a name of its own
/// @param bandit for [Strategy#BANDIT]; not used by others
public record RolloutSpec(
        String route,
        String control,
        List<Candidate> candidates,
        Strategy strategy,
        List<StepSpec> steps,
        List<MetricSpec> metrics,
        Rules rules,
        BanditSpec bandit) {
    private static final int MOST_CANDIDATES = 16;
    private static final int MOST_STEPS = 64;
    private static final int MOST_METRICS = 32;

    public static final List<MetricSpec> STANDARD_METRICS = List.of(
            MetricSpec.Errors.STANDARD,
            MetricSpec.Latency.P50,
            MetricSpec.Latency.P99,
            MetricSpec.PredictionDrift.STANDARD);

    public RolloutSpec {
        candidates = List.copyOf(candidates);
        steps = List.copyOf(steps);
        metrics = List.copyOf(metrics);
        Rules.check(!route.isEmpty(), "route", "''", "the name of a route");
        Rules.check(!control.isEmpty(), "control", "''", "the name of the default arm");
        checkCandidates(control, candidates, strategy);
        checkSteps(candidates.size(), strategy, steps, rules);
        checkMetrics(metrics, steps);
        checkStop(metrics, strategy);
        Rules.together(
                rules.onDeadline() != Otherwise.ADVANCE || !strategy.promotes(),
                FieldPath.of("onDeadline"),
                "advance",
                "hold or rollback, as nobody is promoted for want of evidence");
    }

    private static void checkCandidates(String control, List<Candidate> candidates, Strategy strategy) {
        int most = strategy.compares() ? MOST_CANDIDATES : 1;
        Rules.check(
                !candidates.isEmpty() && candidates.size() <= most,
                "candidates",
                candidates.size(),
                most == 1 ? "1 for this strategy" : "1 to " + most);
        Set<String> arms = new HashSet<>();
        for (int i = 0; i < candidates.size(); i++) {
            String arm = candidates.get(i).arm();
            // Arms may have names that nobody wrote.
            FieldPath path = FieldPath.of("candidates").element(i);
            Rules.together(
                    !arm.equals(control), FieldPath.of("control"), control, "another name than a candidate's arm");
            Rules.together(arms.add(arm), path, arm, "an arm of its own for each");
        }
    }

    private static void checkSteps(int candidates, Strategy strategy, List<StepSpec> steps, Rules rules) {
        Rules.check(!steps.isEmpty() && steps.size() <= MOST_STEPS, "steps", steps.size(), "1 to " + MOST_STEPS);
        int before = 0;
        for (int i = 0; i < steps.size(); i++) {
            StepSpec step = steps.get(i);
            Duration least = step.minDuration();
            String longer = "longer than settle, " + Rules.text(rules.settle());
            String atMost = "at most 100%% for all %d candidates together".formatted(candidates);
            checkWeight(step.weight() * candidates <= StepSpec.ALL, i, step, atMost);
            checkWeight(strategy != Strategy.SHADOW || step.isShadow(), i, step, "none, as the strategy is shadow");
            checkWeight(step.weight() >= before, i, step, "not less than the step before");
            Rules.together(least.compareTo(rules.settle()) > 0, inStep(i, "minDuration"), least, longer);
            before = step.weight();
        }
        checkWeight(
                strategy != Strategy.BLUE_GREEN || steps.getLast().isSoak(),
                steps.size() - 1,
                steps.getLast(),
                "100% in the last step, as the strategy is blueGreen");
    }

    private static void checkWeight(boolean ok, int index, StepSpec step, String expected) {
        Rules.together(ok, inStep(index, "weight"), percent(step.weight()), expected);
    }

    private static FieldPath inStep(int index, String field) {
        return FieldPath.of("steps").element(index).field(field);
    }

    private static void checkMetrics(List<MetricSpec> metrics, List<StepSpec> steps) {
        Rules.check(metrics.size() <= MOST_METRICS, "metrics", metrics.size(), "at most " + MOST_METRICS);
        boolean copies = steps.stream().anyMatch(step -> step.shadow() > 0);
        Set<String> names = new HashSet<>();
        for (MetricSpec metric : metrics) {
            FieldPath path = FieldPath.of("metrics");
            Rules.together(names.add(metric.name()), path, metric.name(), "each of them once");
            boolean known = copies || !(metric instanceof MetricSpec.CopyLatency);
            Rules.together(known, path, "copyLatency", "only where a step gives copies: a shadow above 0%");
        }
    }

    /// Canaries go on by their steps, and are promoted by proof of another kind.
    private static void checkStop(List<MetricSpec> metrics, Strategy strategy) {
        Rules.together(
                stopping(metrics).isEmpty() || strategy.compares(),
                FieldPath.of("metrics"),
                "stopWhenBetter",
                "none, but of an experiment or a bandit");
    }

    /// Names of the metrics by which one that is better ends it.
    List<String> stopping() {
        return stopping(metrics);
    }

    private static List<String> stopping(List<MetricSpec> metrics) {
        return metrics.stream()
                .filter(metric -> metric instanceof MetricSpec.Feedback feedback && feedback.stopWhenBetter())
                .map(MetricSpec::name)
                .toList();
    }

    /// The largest weight that a candidate ever has: its arm's `maxWeight`.
    public int maxWeight() {
        int most = steps.stream().mapToInt(StepSpec::weight).max().orElse(0);
        return strategy == Strategy.BANDIT ? StepSpec.ALL : most;
    }

    /// How far numbers of a copy may be off those that callers got, and still agree.
    public double tolerance() {
        return metrics.stream()
                .filter(MetricSpec.Disagreement.class::isInstance)
                .mapToDouble(metric -> ((MetricSpec.Disagreement) metric).tolerance())
                .findFirst()
                .orElse(MetricSpec.Disagreement.STANDARD.tolerance());
    }

    /// What a reward counts for.
    public RewardRange rewards() {
        return metrics.stream()
                .filter(metric -> metric instanceof MetricSpec.Feedback feedback && !feedback.labels())
                .map(metric -> ((MetricSpec.Feedback) metric).range())
                .findFirst()
                .orElse(RewardRange.UNBOUNDED);
    }

    /// What is judged where nobody says otherwise. Who only gets copies has no callers to fail: what counts is
    /// whether its answers are those of the default arm, and none is not.
    public static List<MetricSpec> standardMetrics(Strategy strategy) {
        return strategy == Strategy.SHADOW ? List.of(MetricSpec.Disagreement.STANDARD) : STANDARD_METRICS;
    }

    /// What is done where nobody says otherwise.
    public static List<StepSpec> standardSteps(Strategy strategy) {
        return switch (strategy) {
            case CANARY ->
                List.of(
                        StepSpec.shadow(StepSpec.ALL, Duration.ofMinutes(10)),
                        StepSpec.share(100, Duration.ofMinutes(10), Require.NOT_WORSE),
                        StepSpec.share(500, Duration.ofMinutes(15), Require.NOT_WORSE),
                        StepSpec.share(2500, Duration.ofMinutes(30), Require.NOT_WORSE),
                        StepSpec.share(5000, Duration.ofMinutes(30), Require.PROVEN),
                        // Nearly all: evidence needs somebody to compare with at the same time.
                        StepSpec.share(9500, Duration.ofMinutes(30), Require.NOT_WORSE));
            case BLUE_GREEN ->
                List.of(
                        StepSpec.shadow(StepSpec.ALL, Duration.ofMinutes(10)),
                        StepSpec.share(StepSpec.ALL, Duration.ofMinutes(30), Require.NOT_WORSE));
            case SHADOW -> List.of(StepSpec.shadow(StepSpec.ALL, Duration.ofHours(1)));
            case EXPERIMENT, BANDIT -> List.of(StepSpec.share(1000, Duration.ofHours(24), Require.NONE));
        };
    }

    static String percent(int basisPoints) {
        return basisPoints % 100 == 0 ? basisPoints / 100 + "%" : basisPoints / 100.0 + "%";
    }
}
