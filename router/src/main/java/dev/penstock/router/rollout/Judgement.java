package dev.penstock.router.rollout;

import dev.penstock.router.evidence.SampleRatio;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What all metrics say at one moment. Immutable.
///
/// @param reports what decides nothing
/// @param mismatchLogE evidence that units are not dealt as the shares say
/// @param externalRate share of the default arm's own requests that failed lately, if it is proven to be
///     above the objective; else 0
/// @param faults what could not be judged; each is a reading, too
public record Judgement(
        List<MetricReading> readings,
        List<Report> reports,
        double mismatchLogE,
        double externalRate,
        List<Fault> faults) {
    public static final Judgement NONE = new Judgement(List.of(), List.of(), 0, 0);

    /// Of evidence that units are dealt otherwise.
    public static final double MISMATCH = SampleRatio.LOG_MISMATCH;

    public Judgement {
        readings = List.copyOf(readings);
        reports = List.copyOf(reports);
        faults = List.copyOf(faults);
    }

    /// Of which all could be judged.
    public Judgement(List<MetricReading> readings, List<Report> reports, double mismatchLogE, double externalRate) {
        this(readings, reports, mismatchLogE, externalRate, List.of());
    }

    boolean mismatch() {
        return mismatchLogE >= MISMATCH;
    }

    boolean isExternal() {
        return externalRate > 0;
    }

    /// Whether units that are dealt otherwise would be seen.
    public boolean seesMismatch() {
        return isJudged(Progress.MISMATCH);
    }

    /// Whether failures of the default arm's own would be.
    boolean seesExternal() {
        return isJudged(Progress.EXTERNAL);
    }

    private boolean isJudged(String what) {
        return faults.stream().noneMatch(fault -> fault.what().equals(what));
    }

    /// Of one candidate.
    public List<MetricReading> of(String arm) {
        return readings.stream().filter(reading -> reading.arm().equals(arm)).toList();
    }

    /// Metrics that are in the way of the next step.
    List<String> undecided(StepSpec step, RolloutSpec spec, String arm) {
        List<MetricReading> ofArm = of(arm);
        Set<String> names = new LinkedHashSet<>();
        for (MetricSpec metric : spec.metrics()) {
            String asked = asked(step, metric);
            boolean passes = ofArm.stream()
                    .anyMatch(reading -> reading.metric().equals(asked) && reading.verdict() == Verdict.PASS);
            if (mustPass(step, spec, metric) && !passes) {
                names.add(asked);
            }
        }
        for (MetricReading reading : ofArm) {
            boolean stays =
                    step.require() == Require.NOT_WORSE ? !reading.isNotWorse() : reading.verdict() == Verdict.FAIL;
            if (stays && reading.isOf(step)) {
                names.add(reading.metric());
            }
        }
        return List.copyOf(names);
    }

    /// Which reading says it: where there are copies only, these are all that can fail.
    private static String asked(StepSpec step, MetricSpec metric) {
        boolean copies = step.isShadow() && metric instanceof MetricSpec.Errors;
        return copies ? MetricReading.COPIES : metric.name();
    }

    /// Somebody else's word is asked for at every step: no answer is none. And where nobody is left to
    /// compare with, failures have to be seldom enough.
    private static boolean mustPass(StepSpec step, RolloutSpec spec, MetricSpec metric) {
        boolean always = metric instanceof MetricSpec.Gate || (step.isSoak() && metric instanceof MetricSpec.Errors);
        return metric.required()
                && switch (step.require()) {
                    case NONE -> false;
                    case NOT_WORSE -> always;
                    case PROVEN -> proves(step, spec, metric);
                };
    }

    /// What copies say is asked for where copies go, and where nothing else that is required could prove
    /// anything.
    private static boolean proves(StepSpec step, RolloutSpec spec, MetricSpec metric) {
        return MetricReading.isOf(metric.name(), step)
                || spec.metrics().stream()
                        .noneMatch(other -> other.required() && MetricReading.isOf(other.name(), step));
    }
}
