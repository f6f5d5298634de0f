package dev.penstock.router.rollout;

import dev.penstock.router.evidence.SampleRatio;
import java.util.List;
import java.util.Set;

/// What all metrics say at one moment. Immutable.
///
/// @param reports what decides nothing
/// @param mismatchLogE evidence that units are not dealt as the shares say
/// @param externalRate share of the default arm's own requests that failed lately, if it is proven to be
///     above
///     the objective; else 0
public record Judgement(
        List<MetricReading> readings, List<Report> reports, double mismatchLogE, double externalRate) {
    public static final Judgement NONE = new Judgement(List.of(), List.of(), 0, 0);

    /// Of evidence that units are dealt otherwise.
    public static final double MISMATCH = SampleRatio.LOG_MISMATCH;

    public Judgement {
        readings = List.copyOf(readings);
        reports = List.copyOf(reports);
    }

    boolean mismatch() {
        return mismatchLogE >= MISMATCH;
    }

    boolean isExternal() {
        return externalRate > 0;
    }

    List<MetricReading> of(String arm) {
        return readings.stream().filter(reading -> reading.arm().equals(arm)).toList();
    }

    /// Whether a step may be left, as far as evidence goes.
    ///
    /// @param dropped arms that are not asked about any more
    boolean satisfies(Require require, RolloutSpec spec, Set<String> dropped) {
        return spec.candidates().stream()
                .map(Candidate::arm)
                .filter(arm -> !dropped.contains(arm))
                .allMatch(arm -> satisfies(require, spec, of(arm)));
    }

    private static boolean satisfies(Require require, RolloutSpec spec, List<MetricReading> ofArm) {
        return switch (require) {
            case NONE -> ofArm.stream().noneMatch(reading -> reading.verdict() == Verdict.FAIL);
            case NOT_WORSE -> ofArm.stream().allMatch(MetricReading::isNotWorse);
            case PROVEN ->
                ofArm.stream().noneMatch(reading -> reading.verdict() == Verdict.FAIL) && isProven(spec, ofArm);
        };
    }

    /// By each of the required metrics. Without any there is nothing that could be proven.
    private static boolean isProven(RolloutSpec spec, List<MetricReading> ofArm) {
        List<MetricSpec> required =
                spec.metrics().stream().filter(MetricSpec::required).toList();
        return !required.isEmpty()
                && required.stream()
                        .allMatch(metric -> ofArm.stream()
                                .anyMatch(reading ->
                                        reading.metric().equals(metric.name()) && reading.verdict() == Verdict.PASS));
    }
}
