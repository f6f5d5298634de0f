package dev.penstock.server.shadow;

import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.ArrayList;
import java.util.List;

/// Which of a route's shadows get a copy of a request. Pure.
final class ShadowPick {
    /// Bits of the unit's hash that decide neither its arm nor its group, nor whether it was seen.
    private static final int SHIFT = 22;

    private static final int BITS = 16;

    private ShadowPick() {}

    /// Whether any does. Allocates nothing.
    ///
    /// @param hash2 of the unit
    static boolean any(BoundRoute route, long hash2) {
        List<ShadowSpec> shadows = route.split().spec().shadows();
        for (int i = 0; i < shadows.size(); i++) {
            if (takes(shadows.get(i), hash2)) {
                return true;
            }
        }
        return false;
    }

    /// Those that get a copy.
    static List<ShadowTarget> of(BoundRoute route, long hash2) {
        List<ShadowTarget> targets = new ArrayList<>();
        for (ShadowTarget target : all(route)) {
            if (takes(target.spec(), hash2)) {
                targets.add(target);
            }
        }
        return targets;
    }

    static List<ShadowTarget> all(BoundRoute route) {
        List<ShadowTarget> targets = new ArrayList<>();
        List<ShadowSpec> shadows = route.split().spec().shadows();
        for (int i = 0; i < shadows.size(); i++) {
            targets.add(new ShadowTarget(
                    route.name(), shadows.get(i), route.shadows().get(i).version()));
        }
        return targets;
    }

    private static boolean takes(ShadowSpec shadow, long hash2) {
        long part = (hash2 >>> SHIFT) & ((1L << BITS) - 1);
        return (part * RouteSpec.BUCKETS) >>> BITS < shadow.share();
    }
}
