package dev.penstock.server.shadow;

import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.ArrayList;
import java.util.List;

/// Which of a route's shadows get a copy of a request. Immutable.
final class ShadowPick {
    /// Bits of the unit's hash that decide neither its arm nor its group, nor whether it was seen.
    private static final int SHIFT = 22;

    private static final int BITS = 16;

    private final List<ShadowTarget> all;

    ShadowPick(BoundRoute route) {
        this.all = List.copyOf(all(route));
    }

    /// Those that get a copy; the same list whenever all do, and nothing is allocated for none either.
    ///
    /// @param hash2 of the unit
    List<ShadowTarget> of(long hash2) {
        int taking = 0;
        for (int i = 0; i < all.size(); i++) {
            taking += takes(all.get(i).spec(), hash2) ? 1 : 0;
        }
        return taking == all.size() ? all : taking == 0 ? List.of() : some(hash2);
    }

    private List<ShadowTarget> some(long hash2) {
        List<ShadowTarget> targets = new ArrayList<>();
        for (ShadowTarget target : all) {
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
            targets.add(ShadowTarget.of(
                    route.name(), shadows.get(i), route.shadows().get(i).version()));
        }
        return targets;
    }

    private static boolean takes(ShadowSpec shadow, long hash2) {
        long part = (hash2 >>> SHIFT) & ((1L << BITS) - 1);
        return (part * RouteSpec.BUCKETS) >>> BITS < shadow.share();
    }
}
