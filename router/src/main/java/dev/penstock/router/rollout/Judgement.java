package dev.penstock.router.rollout;

import java.util.List;

/// What all metrics say at one moment. Immutable.
///
/// @param mismatchLogE evidence that units are not dealt as the shares say
/// @param externalRate share of the default arm's own requests that failed lately, if it is proven to be above
///     the objective; else 0
public record Judgement(List<MetricReading> readings, double mismatchLogE, double externalRate) {
    public static final Judgement NONE = new Judgement(List.of(), 0, 0);

    /// Of evidence that units are dealt otherwise: 1 in 1,000.
    public static final double MISMATCH = Math.log(1000);

    public Judgement {
        readings = List.copyOf(readings);
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
    boolean satisfies(Require require) {
        return switch (require) {
            case NONE -> readings.stream().noneMatch(reading -> reading.verdict() == Verdict.FAIL);
            case NOT_WORSE -> readings.stream().allMatch(MetricReading::isNotWorse);
            case PROVEN ->
                readings.stream()
                        .allMatch(reading -> reading.required()
                                ? reading.verdict() == Verdict.PASS
                                : reading.verdict() != Verdict.FAIL);
        };
    }
}
