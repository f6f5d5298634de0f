package dev.penstock.server.shadow;

import dev.penstock.core.batching.Offer;
import dev.penstock.router.arms.AssignmentReason;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.fast.Layout;
import java.util.List;

/// Has requests on the fast path of one route copied. Thread-safe; allocates nothing for those that no shadow
/// gets.
final class ShadowTap implements FastTap {
    private final Shadows shadows;
    private final ShadowPick pick;

    ShadowTap(Shadows shadows, BoundRoute route) {
        this.shadows = shadows;
        this.pick = new ShadowPick(route);
    }

    @Override
    public FastCall around(FastCall call, Layout layout) {
        long place = call.routed();
        List<ShadowTarget> targets = Place.reason(place) == AssignmentReason.NO_MATCH
                ? List.of()
                : pick.of(Place.arm(place), Place.hash2(place));
        ShadowCall copied = targets.isEmpty() ? null : ShadowCall.of(shadows, targets, call, layout);
        return copied == null ? call : copied;
    }

    @Override
    public void untaken(FastCall call) {
        if (call instanceof ShadowCall copied) {
            copied.giveUp();
        }
    }

    @Override
    public void refused(FastCall call, Offer answer) {
        if (call instanceof ShadowCall copied) {
            copied.unanswered();
        }
    }
}
