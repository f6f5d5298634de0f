package dev.penstock.router.rollout;

import dev.penstock.core.FieldPath;
import java.time.Duration;

/// One step of a rollout.
///
/// @param weight of each candidate, in 1/10,000 of all units
/// @param shadow copies that the candidate gets besides, in 1/10,000 of the requests
/// @param minDuration that it takes at least, the time to settle among it
/// @param maxDuration after which [Otherwise] decides; zero for no limit but that of the whole rollout
/// @param minRequests that each arm must have answered in it; 0 for what the rollout says
/// @param approve whether it ends only once a person has approved of that, whatever the evidence says
public record StepSpec(
        int weight,
        int shadow,
        Duration minDuration,
        Duration maxDuration,
        long minRequests,
        Require require,
        boolean approve) {
    /// All units.
    public static final int ALL = 10_000;

    public StepSpec {
        Rules.check(weight >= 0 && weight <= ALL, "weight", RolloutSpec.percent(weight), "0% to 100%");
        Rules.check(shadow >= 0 && shadow <= ALL, "shadow", RolloutSpec.percent(shadow), "0% to 100%");
        Rules.check(weight > 0 || shadow > 0, "weight", "0%", "a weight, or a shadow, above 0%");
        Rules.check(!minDuration.isNegative(), "minDuration", minDuration, ">= 0s");
        Rules.together(
                maxDuration.isZero() || maxDuration.compareTo(minDuration) >= 0,
                FieldPath.of("maxDuration"),
                maxDuration,
                "not less than minDuration, " + Rules.text(minDuration));
        Rules.check(minRequests >= 0, "minRequests", Long.toString(minRequests), ">= 0");
    }

    /// That ends by itself.
    public StepSpec(
            int weight, int shadow, Duration minDuration, Duration maxDuration, long minRequests, Require require) {
        this(weight, shadow, minDuration, maxDuration, minRequests, require, false);
    }

    /// That gives candidates a share, as they prove themselves in it.
    public static StepSpec share(int weight, Duration minDuration, Require require) {
        return new StepSpec(weight, 0, minDuration, Duration.ZERO, 0, require);
    }

    /// That only sends copies.
    public static StepSpec shadow(int shadow, Duration minDuration) {
        return new StepSpec(0, shadow, minDuration, Duration.ZERO, 0, Require.NOT_WORSE);
    }

    public StepSpec with(Require other) {
        return new StepSpec(weight, shadow, minDuration, maxDuration, minRequests, other, approve);
    }

    /// The same, but that it ends only once a person has approved of that.
    public StepSpec approved() {
        return new StepSpec(weight, shadow, minDuration, maxDuration, minRequests, require, true);
    }

    /// Whether candidates and the default arm have a share at the same time, where there is one candidate.
    public boolean compares() {
        return !isShadow() && !isSoak();
    }

    /// Whether only copies go to the candidate.
    public boolean isShadow() {
        return weight == 0;
    }

    /// Whether nobody is left to compare with at the same time.
    public boolean isSoak() {
        return weight == ALL;
    }
}
