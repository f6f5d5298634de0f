package dev.penstock.server.calls;

import dev.penstock.core.Check;

/// Which share of all calls is taken. Pure: chance comes from outside.
public final class Ratio {
    public static final Ratio NONE = new Ratio(0);
    public static final Ratio ALL = new Ratio(1);

    private final double share;
    private final long bound;

    /// @param share from 0 to 1
    public Ratio(double share) {
        Check.argument(share >= 0 && share <= 1, "share: %s (expected: from 0 to 1)", share);
        this.share = share;
        this.bound = (long) (share * (double) Long.MAX_VALUE);
    }

    public double share() {
        return share;
    }

    /// Whether a call is taken. With the low half of a trace id as chance, OpenTelemetry's own sampler by ratio
    /// takes the same.
    ///
    /// @param chance uniform over all values
    public boolean takes(long chance) {
        return share == 1 || (share > 0 && Math.abs(chance) < bound);
    }
}
