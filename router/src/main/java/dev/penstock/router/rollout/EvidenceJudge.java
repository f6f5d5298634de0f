package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.evidence.SampleRatio;
import dev.penstock.router.rollout.Observation.GateReading;
import java.util.ArrayList;
import java.util.List;

/// Judges by tests that hold however often they are asked, see docs/rollouts.md. Pure.
public final class EvidenceJudge implements Judge {
    /// How likely a fault elsewhere may be claimed for nothing, each time that the window is new.
    private static final double EXTERNAL_ALPHA = 0.01;

    @Override
    public Judgement judge(RolloutSpec spec, RolloutState counted, List<GateReading> gates) {
        RolloutState state = counted.eachOnce();
        List<MetricReading> readings = new ArrayList<>();
        double shares = spec.metrics().stream().mapToDouble(MetricSpec::share).sum();
        for (Candidate candidate : spec.candidates()) {
            for (MetricSpec metric : spec.metrics()) {
                double alpha = spec.rules().alpha()
                        * metric.share()
                        / Math.max(shares, Double.MIN_NORMAL)
                        / spec.candidates().size();
                Question question = new Question(spec, state, candidate.arm(), alpha);
                readings.add(
                        switch (metric) {
                            case MetricSpec.Errors errors -> ErrorReading.of(question, errors);
                            case MetricSpec.Latency latency -> LatencyReading.of(question, latency);
                            case MetricSpec.PredictionDrift drift -> AnswerReadings.of(question, drift);
                            case MetricSpec.Disagreement disagreement -> AnswerReadings.of(question, disagreement);
                            case MetricSpec.Feedback feedback -> AnswerReadings.of(question, feedback);
                            case MetricSpec.Gate gate -> gate(candidate.arm(), gate, gates);
                        });
            }
        }
        return new Judgement(readings, mismatch(spec, state), external(spec, state));
    }

    /// What a metric is asked.
    ///
    /// @param alpha how likely it may have the candidate rolled back for nothing
    record Question(RolloutSpec spec, RolloutState state, String arm, double alpha) {
        Pairs pairs() {
            return new Pairs(state.epochs(), arm, spec.control());
        }

        Soak soak() {
            return Soak.of(state.epochs(), arm, spec.control());
        }

        /// Whether there ever is a time without a control to compare with.
        boolean soaks() {
            return spec.steps().stream().anyMatch(StepSpec::isSoak);
        }

        /// How likely a candidate that is worse than the margin may pass.
        double promoteAlpha() {
            return spec.rules().alpha();
        }

        double promoteThreshold() {
            return -Math.log(promoteAlpha());
        }
    }

    private static MetricReading gate(String arm, MetricSpec.Gate gate, List<GateReading> said) {
        for (GateReading one : said) {
            if (one.name().equals(gate.name())) {
                return new MetricReading(
                        gate.name(),
                        arm,
                        one.verdict(),
                        gate.required(),
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        one.value(),
                        Double.NaN,
                        Double.NaN,
                        0,
                        0,
                        one.detail());
            }
        }
        return new MetricReading(
                gate.name(),
                arm,
                Verdict.INSUFFICIENT,
                gate.required(),
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                0,
                0,
                "it was not asked yet");
    }

    private static double mismatch(RolloutSpec spec, RolloutState state) {
        int arms = spec.candidates().size() + 1;
        SampleRatio ratio = SampleRatio.none(arms);
        for (Epoch epoch : state.epochs()) {
            int[] buckets = new int[arms];
            long[] units = new long[arms];
            for (int i = 0; i < arms; i++) {
                String arm =
                        i == 0 ? spec.control() : spec.candidates().get(i - 1).arm();
                buckets[i] = epoch.weight(arm);
                // Whose share was taken away ends what it has: that says nothing of how units are dealt.
                units[i] = buckets[i] == 0 ? 0 : Math.max(0, epoch.counts(arm).firstExposures());
            }
            ratio = ratio.plus(buckets, units);
        }
        // Each source could have found as much alone, so that there were as many chances.
        return ratio.logMismatch() - Math.log(Math.max(1, state.sources().size()));
    }

    private static double external(RolloutSpec spec, RolloutState state) {
        RecentFailures recent = state.recent();
        double least = BernoulliSequence.of(recent.failed(), recent.requests(), EXTERNAL_ALPHA)
                .lower();
        return least > spec.rules().objective() ? least : 0;
    }
}
