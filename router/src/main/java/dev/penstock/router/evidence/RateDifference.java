package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.BernoulliSequence;

/// By how much a canary's rate is above its control's, as a share of requests: what lets a canary pass that
/// fails too seldom for a ratio to be told.
public final class RateDifference {
    private RateDifference() {}

    /// The bounds of each at half of alpha, taken against each other. They are those of rates that stay;
    /// where the rates move together while shares change, ask [FailureArm].
    ///
    /// @param alpha how likely the bounds may ever be wrong, in (0, 1)
    public static Bounds of(
            long canaryFailures, long canaryRequests, long controlFailures, long controlRequests, double alpha) {
        Check.argument(alpha > 0 && alpha < 1, "alpha: %s (expected: in (0, 1))", alpha);
        BernoulliSequence canary = BernoulliSequence.of(canaryFailures, canaryRequests, alpha / 2);
        BernoulliSequence control = BernoulliSequence.of(controlFailures, controlRequests, alpha / 2);
        return new Bounds(canary.lower() - control.upper(), canary.upper() - control.lower());
    }
}
