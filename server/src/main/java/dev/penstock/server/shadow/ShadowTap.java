package dev.penstock.server.shadow;

import dev.penstock.core.batching.Offer;
import dev.penstock.router.arms.AssignmentReason;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.fast.Layout;

/// Has requests on the fast path of one route copied. Thread-safe; allocates nothing for those that no shadow
/// gets.
final class ShadowTap implements FastTap {
    private final Shadows shadows;
    private final BoundRoute route;

    ShadowTap(Shadows shadows, BoundRoute route) {
        this.shadows = shadows;
        this.route = route;
    }

    @Override
    public FastCall around(FastCall call, Layout layout) {
        long place = call.routed();
        if (Place.reason(place) == AssignmentReason.NO_MATCH || !ShadowPick.any(route, Place.hash2(place))) {
            return call;
        }
        ShadowCall copied = ShadowCall.of(shadows, route, call, layout);
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
