package dev.penstock.server.registry;

import dev.penstock.core.ServingException;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.RecordedArms;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.RouteRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/// An arm of a route, and what it stands for: that is not taken away from it.
record ArmUse(String route, String arm, Target target) {
    /// Of all routes, shadows included.
    static List<ArmUse> of(Collection<RouteRecord> routes) {
        List<ArmUse> uses = new ArrayList<>();
        for (RouteRecord route : routes) {
            for (ArmSpec arm : RecordedArms.of(route.spec())) {
                uses.add(new ArmUse(route.name(), arm.name(), arm.target()));
            }
        }
        return uses;
    }

    /// Refuses to take away a version, or all that there is of a model that an arm stands for without a
    /// version.
    ///
    /// @param after the model without it
    static void checkVersion(Collection<RouteRecord> routes, ModelRecord after, long version) {
        boolean last = after.versions().values().stream().noneMatch(WantedVersions::mayServe);
        check(
                routes,
                target -> target.model().equals(after.name())
                        && (target.version() == version || (last && isOpen(target))),
                "version %d of model '%s'".formatted(version, after.name()));
    }

    static void checkModel(Collection<RouteRecord> routes, String model) {
        check(routes, target -> target.model().equals(model), "model '%s'".formatted(model));
    }

    static void checkAlias(Collection<RouteRecord> routes, String model, String alias) {
        check(
                routes,
                target -> target.model().equals(model) && target.alias().equals(alias),
                "alias '%s' of model '%s'".formatted(alias, model));
    }

    private static boolean isOpen(Target target) {
        return target.version() == 0 && target.alias().isEmpty();
    }

    private static void check(Collection<RouteRecord> routes, Predicate<Target> taken, String what) {
        List<String> arms = of(routes).stream()
                .filter(use -> taken.test(use.target()))
                .map(use -> "arm '%s' of route '%s'".formatted(use.arm(), use.route()))
                .toList();
        if (!arms.isEmpty()) {
            throw ServingException.invalid(
                    "%s: %s stands for it (expected: no arm; give the route other arms, or take it away, first)"
                            .formatted(what, String.join(", ", arms)));
        }
    }
}
