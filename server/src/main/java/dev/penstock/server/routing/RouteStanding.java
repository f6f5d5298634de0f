package dev.penstock.server.routing;

import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.SplitRoute;
import dev.penstock.server.store.RouteRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How routes stand on this server: who answers for their arms, and which arms get nothing here. Thread-safe.
final class RouteStanding {
    private final RouteCheck check;
    private final PublishedRoutes published;
    private volatile RolloutGuard guard = RolloutGuard.NONE;
    private volatile Function<String, Map<ShadowKey, ShadowCounts>> copies = _ -> Map.of();

    RouteStanding(RouteCheck check, PublishedRoutes published) {
        this.check = check;
        this.published = published;
    }

    /// Who knows of rollouts.
    void guard(RolloutGuard asked) {
        guard = asked;
    }

    /// Who knows what copies of a route's requests said.
    void copies(Function<String, Map<ShadowKey, ShadowCounts>> counted) {
        copies = counted;
    }

    /// What they said of each version that was a shadow here.
    List<CopyView> copies(RouteSpec spec) {
        return CopyView.all(spec, arm -> check.answering(spec, arm), copies.apply(spec.name()));
    }

    /// Rollouts by route. They are only shown: that it cannot be found out is no reason to show nothing.
    Map<String, String> running() {
        try {
            return guard.running();
        } catch (ServingException e) {
            return Map.of();
        }
    }

    /// @throws ServingException if this release cannot read it, nor could it before
    RouteView view(KnownRoute route) {
        RouteView view = viewed(route, running());
        if (view == null) {
            throw route.unreadable();
        }
        return view;
    }

    /// @param running rollouts by route
    /// @return null if this release cannot read it, nor could it before
    @Nullable
    RouteView viewed(KnownRoute route, Map<String, String> running) {
        RouteSpec spec = route.spec();
        if (spec == null) {
            return null;
        }
        RouteView view = view(spec, route.recorded(), running);
        return route.problem().isEmpty()
                ? view
                : view.with("it is served as it was read last: what is recorded cannot be read: " + route.problem());
    }

    /// @param running rollouts by route
    RouteView view(RouteSpec spec, RouteRecord recorded, Map<String, String> running) {
        Set<String> held = published.held(spec.name());
        Map<ArmName, String> trips = published.trips(spec.name());
        SplitRoute split = SplitRoute.of(PublishedRoutes.without(spec, held));
        List<RouteView.ArmView> arms = new ArrayList<>();
        arms.add(arm(spec, spec.standard(), spec.standardWeight(), RouteSpec.BUCKETS, split.buckets(0)));
        for (CandidateSpec candidate : spec.candidates()) {
            ArmSpec arm = candidate.arm();
            int buckets = split.buckets(arms.size());
            arms.add(arm(spec, arm, candidate.weight(), candidate.maxWeight(), buckets)
                    .kept(held.contains(arm.name()), trip(spec, arm, trips)));
        }
        Map<String, Long> shadows = new HashMap<>();
        spec.shadows().forEach(shadow -> shadows.put(shadow.arm().name(), check.answering(spec, shadow.arm())));
        List<String> problems = new ArrayList<>(check.problems(spec));
        arms.stream()
                .filter(RouteView.ArmView::tripped)
                .forEach(arm -> problems.add(
                        "arm '%s': it gets nothing here, as too many of its requests failed: %s (resume its rollout, or where none runs set its weight to 0 and raise it, and it gets them again)"
                                .formatted(arm.arm(), arm.trip())));
        return new RouteView(spec, recorded, arms, shadows, problems, running.getOrDefault(spec.name(), ""));
    }

    private RouteView.ArmView arm(RouteSpec route, ArmSpec arm, int weight, int room, int buckets) {
        long version = check.answering(route, arm);
        return new RouteView.ArmView(
                arm.name(), TargetText.of(arm.target()), version, weight, room, buckets, false, "");
    }

    /// Why an arm gets nothing here, with who answers for it now: another version of the same arm is not to
    /// blame.
    ///
    /// @return "" if it gets its requests
    private String trip(RouteSpec route, ArmSpec arm, Map<ArmName, String> trips) {
        long answering = check.answering(route, arm);
        return trips.entrySet().stream()
                .filter(trip -> trip.getKey().arm().equals(arm.name())
                        && trip.getKey().target().name().equals(arm.target().model())
                        && trip.getKey().target().version() == answering)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }

    /// See [RouteCheck#misfits].
    List<String> misfits(RouteSpec spec, ArmSpec arm) {
        return check.misfits(spec, arm);
    }

    /// See [RouteCheck#answering].
    boolean answers(RouteSpec spec, ArmSpec arm) {
        return check.answering(spec, arm) > 0;
    }

    /// Which arm a request would get, and why.
    Dealt assign(RouteSpec spec, AssignOrder order) {
        Map<ArmName, String> trips = published.trips(spec.name());
        RouteSpec effective = PublishedRoutes.without(spec, published.held(spec.name()));
        return new Dealing(
                        effective,
                        arm -> check.answering(spec, arm),
                        arm -> !trip(spec, arm, trips).isEmpty())
                .deal(order);
    }
}
