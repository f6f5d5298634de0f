package dev.penstock.server.shadow;

import dev.penstock.core.ModelKey;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.ArrayList;
import java.util.List;

/// Which of a route's shadows get a copy of a request: none that stands for the version that answers it, as
/// what that says of itself says nothing; nor a rollout's of what another arm than the default one answers.
/// Immutable.
final class ShadowPick {
    /// Bits of the unit's hash that decide neither its arm nor its group, nor whether it was seen.
    private static final int SHIFT = 22;

    private static final int BITS = 16;

    /// Those that learn from the arm's version, by the index of the arm.
    private final List<List<ShadowTarget>> byArm;

    ShadowPick(BoundRoute route) {
        List<ShadowTarget> all = List.copyOf(all(route));
        List<List<ShadowTarget>> others = new ArrayList<>();
        for (BoundRoute.Arm arm : route.arms()) {
            VersionHandle version = arm.version();
            others.add(version == null ? all : others(route, all, version.key()));
        }
        this.byArm = List.copyOf(others);
    }

    /// Those of a route that get a copy, whoever answers.
    ///
    /// @param hash2 of the unit
    static List<ShadowTarget> of(BoundRoute route, long hash2) {
        return of(all(route), hash2);
    }

    /// Those that get a copy of what an arm answers; the same list whenever all do, and nothing is allocated
    /// for none either.
    ///
    /// @param arm its index
    /// @param hash2 of the unit
    List<ShadowTarget> of(int arm, long hash2) {
        return of(byArm.get(arm), hash2);
    }

    private static List<ShadowTarget> of(List<ShadowTarget> targets, long hash2) {
        int taking = 0;
        for (int i = 0; i < targets.size(); i++) {
            taking += takes(targets.get(i).spec(), hash2) ? 1 : 0;
        }
        return taking == targets.size() ? targets : taking == 0 ? List.of() : some(targets, hash2);
    }

    private static List<ShadowTarget> some(List<ShadowTarget> all, long hash2) {
        List<ShadowTarget> targets = new ArrayList<>();
        for (ShadowTarget target : all) {
            if (takes(target.spec(), hash2)) {
                targets.add(target);
            }
        }
        return targets;
    }

    /// Those that learn from what that version answers.
    static List<ShadowTarget> others(BoundRoute route, List<ShadowTarget> targets, ModelKey version) {
        VersionHandle standard = route.arms().getFirst().version();
        ModelKey usual = standard == null ? null : standard.key();
        List<ShadowTarget> others = new ArrayList<>(targets.size());
        for (ShadowTarget target : targets) {
            if (target.learnsFrom(version, usual)) {
                others.add(target);
            }
        }
        return others.size() == targets.size() ? targets : others;
    }

    static List<ShadowTarget> all(BoundRoute route) {
        List<ShadowTarget> targets = new ArrayList<>();
        RouteSpec spec = route.split().spec();
        List<ShadowSpec> shadows = spec.shadows();
        for (int i = 0; i < shadows.size(); i++) {
            targets.add(
                    ShadowTarget.of(spec, shadows.get(i), route.shadows().get(i).version()));
        }
        return targets;
    }

    private static boolean takes(ShadowSpec shadow, long hash2) {
        long part = (hash2 >>> SHIFT) & ((1L << BITS) - 1);
        return (part * RouteSpec.BUCKETS) >>> BITS < shadow.share();
    }
}
