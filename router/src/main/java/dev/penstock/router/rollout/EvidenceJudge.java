package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.evidence.ErrorBudget;
import dev.penstock.router.evidence.SampleRatio;
import dev.penstock.router.rollout.Observation.GateReading;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Judges by tests that hold however often they are asked, see docs/rollouts.md. Pure.
public final class EvidenceJudge implements Judge {
    /// How likely a fault elsewhere may be claimed for nothing, each time that the window is new.
    private static final double EXTERNAL_ALPHA = 0.01;

    @Override
    public Judgement judge(RolloutSpec spec, RolloutState counted, List<GateReading> gates) {
        RolloutState state = counted.eachOnce();
        Repeats repeats = counted.repeats();
        Attempt attempt = new Attempt();
        for (Candidate candidate : spec.candidates()) {
            for (MetricSpec metric : spec.metrics()) {
                PairEvidence past = state.past().evidence(candidate.arm());
                Question question = new Question(spec, state, candidate.arm(), past, repeats, alpha(spec, metric));
                read(attempt, question, metric, gates);
            }
        }
        String control = spec.control();
        List<Report> reports = attempt.find("reports", control, List.of(), () -> Reports.of(spec, state));
        double mismatch = attempt.find(Progress.MISMATCH, control, 0.0, () -> mismatch(spec, state));
        double external = attempt.find(Progress.EXTERNAL, control, 0.0, () -> external(spec, state));
        return attempt.judgement(reports, mismatch, external);
    }

    /// Where counts are none, as of somebody who tells what cannot be, the others are judged all the same.
    private static void read(Attempt attempt, Question question, MetricSpec metric, List<GateReading> gates) {
        String arm = question.arm();
        attempt.read(metric.name(), arm, metric.required(), () -> reading(question.betting(metric), metric, gates));
        if (metric instanceof MetricSpec.Errors errors && question.isCopied()) {
            attempt.read(MetricReading.COPIES, arm, metric.required(), () -> CopyReading.of(question, errors));
        }
    }

    private static MetricReading reading(Question question, MetricSpec metric, List<GateReading> gates) {
        return switch (metric) {
            case MetricSpec.Errors errors -> ErrorReading.of(question, errors);
            case MetricSpec.Latency latency -> LatencyReading.of(question, latency);
            case MetricSpec.PredictionDrift drift -> AnswerReadings.of(question, drift);
            case MetricSpec.Disagreement disagreement -> AnswerReadings.of(question, disagreement);
            case MetricSpec.CopyLatency latency -> CopyLatencyReading.of(question, latency);
            case MetricSpec.Feedback feedback -> FeedbackReading.of(question, feedback);
            case MetricSpec.Gate gate -> gate(question, gate, gates);
        };
    }

    /// How likely a metric may have one candidate rolled back for nothing; 0 for what has no such part.
    static double alpha(RolloutSpec spec, MetricSpec metric) {
        if (metric.share() == 0) {
            return 0;
        }
        Map<String, Double> weights = new HashMap<>();
        spec.metrics().stream().filter(one -> one.share() > 0).forEach(one -> weights.put(one.name(), one.share()));
        ErrorBudget budget = new ErrorBudget(spec.rules().alpha(), weights);
        return budget.alphaOf(metric.name()) / spec.candidates().size();
    }

    /// What a metric is asked.
    ///
    /// @param evidence of epochs that are not kept any more; of a question that is being [#betting], of all
    /// @param repeats of what counts once
    /// @param alpha how likely it may have the candidate rolled back for nothing
    record Question(
            RolloutSpec spec, RolloutState state, String arm, PairEvidence evidence, Repeats repeats, double alpha) {
        /// With what bets of one metric have come to, which alone is asked then.
        Question betting(MetricSpec metric) {
            PairEvidence all = evidence;
            for (Epoch epoch : state.epochs()) {
                Epoch part = state.past().part().of(epoch);
                all = all.then(metric, pairs(epoch), pairs(part));
            }
            return new Question(spec, state, arm, all, repeats, alpha);
        }

        private Pairs pairs(Epoch epoch) {
            return new Pairs(List.of(epoch), arm, spec.control(), repeats);
        }

        /// Of the epochs that are kept.
        Pairs pairs() {
            return new Pairs(state.epochs(), arm, spec.control());
        }

        /// Of all epochs: for sums only, as shares were not always those that are told.
        Pairs totals() {
            return new Pairs(state.all(), arm, spec.control());
        }

        Soak soak() {
            return Soak.of(state.all(), arm, spec.control());
        }

        /// Whether there is evidence of the present step alone.
        boolean isOfStep() {
            return state.past().part().step() == state.step();
        }

        /// What became of those that it got.
        Compared copies() {
            Compared all = Compared.NONE;
            for (Epoch epoch : state.all()) {
                all = all.plus(epoch.copies(arm));
            }
            return all;
        }

        /// Whether it ever gets copies.
        boolean isCopied() {
            return spec.steps().stream().anyMatch(step -> step.shadow() > 0);
        }

        /// Whether there ever is a time without a control to compare with.
        boolean soaks() {
            return spec.steps().stream().anyMatch(StepSpec::isSoak);
        }

        /// In how many steps candidates and the control may have a share at the same time; at least 1. Where
        /// several candidates have all there is, one may be dropped, and the control has its part.
        int comparedSteps() {
            long steps = spec.steps().stream()
                    .filter(step -> !step.isShadow() && step.weight() < StepSpec.ALL)
                    .count();
            return (int) Math.max(1, steps);
        }

        /// How likely a candidate that is worse than the margin may pass.
        double promoteAlpha() {
            return spec.rules().alpha();
        }

        double promoteThreshold() {
            return -Math.log(promoteAlpha());
        }

        MetricReading reading(
                MetricSpec metric,
                Verdict verdict,
                MetricReading.Evidence evidence,
                MetricReading.Estimate estimate,
                MetricReading.Observed observed,
                String detail) {
            return new MetricReading(
                    metric.name(), arm, verdict, metric.required(), evidence, estimate, observed, detail);
        }

        MetricReading unknown(MetricSpec metric, String detail) {
            return reading(
                    metric,
                    Verdict.INSUFFICIENT,
                    MetricReading.Evidence.NONE,
                    MetricReading.Estimate.NONE,
                    MetricReading.Observed.NONE,
                    detail);
        }
    }

    private static MetricReading gate(Question question, MetricSpec.Gate gate, List<GateReading> said) {
        for (GateReading one : said) {
            if (one.name().equals(gate.name())) {
                return question.reading(
                        gate,
                        one.verdict(),
                        MetricReading.Evidence.NONE,
                        MetricReading.Estimate.of(one.value()),
                        MetricReading.Observed.NONE,
                        one.detail());
            }
        }
        return question.unknown(gate, "it was not asked yet");
    }

    private static double mismatch(RolloutSpec spec, RolloutState state) {
        double sum = state.past().mismatchLogE();
        for (Epoch epoch : state.epochs()) {
            sum += mismatch(spec, epoch);
        }
        // Each source could have found as much alone, so that there were as many chances.
        return sum - Math.log(Math.max(1, state.sources().size()));
    }

    /// Of one epoch.
    static double mismatch(RolloutSpec spec, Epoch epoch) {
        int arms = spec.candidates().size() + 1;
        int[] buckets = new int[arms];
        long[] units = new long[arms];
        for (int i = 0; i < arms; i++) {
            String arm = i == 0 ? spec.control() : spec.candidates().get(i - 1).arm();
            buckets[i] = epoch.weight(arm);
            // Whose share was taken away ends what it has: that says nothing of how units are dealt.
            units[i] = buckets[i] == 0 ? 0 : Math.max(0, epoch.counts(arm).firstExposures());
        }
        return SampleRatio.none(arms).plus(buckets, units).logMismatch();
    }

    private static double external(RolloutSpec spec, RolloutState state) {
        RecentFailures recent = state.recent();
        double least = BernoulliSequence.of(recent.failed(), recent.requests(), EXTERNAL_ALPHA)
                .lower();
        return least > spec.rules().objective() ? least : 0;
    }
}
