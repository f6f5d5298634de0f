package dev.penstock.server.routing;

import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.store.RouteRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A route as it is recorded, and as this server serves it.
///
/// @param shadows the versions that copies go to now, by arm; 0 for none
/// @param problems why this server does not serve it as it says, each in a sentence
/// @param rollout that runs on it, or ""
public record RouteView(
        RouteSpec spec,
        RouteRecord recorded,
        List<ArmView> arms,
        Map<String, Long> shadows,
        List<String> problems,
        String rollout) {
    public RouteView {
        arms = List.copyOf(arms);
        shadows = Map.copyOf(shadows);
        problems = List.copyOf(problems);
    }

    /// The same with one more problem.
    RouteView with(String problem) {
        List<String> all = new ArrayList<>(problems);
        all.add(problem);
        return new RouteView(spec, recorded, arms, shadows, all, rollout);
    }

    /// One that may answer, the default arm first.
    ///
    /// @param version that answers now; 0 if none does
    /// @param weight in basis points
    /// @param maxWeight the same
    /// @param buckets how many it has
    /// @param held whether this server keeps units from it for now, whatever its weight
    /// @param trip why it gets nothing here, as too many of its requests failed, until its weight is raised
    ///     from 0; "" if it gets its requests
    public record ArmView(
            String arm,
            String target,
            long version,
            int weight,
            int maxWeight,
            int buckets,
            boolean held,
            String trip) {
        public boolean tripped() {
            return !trip.isEmpty();
        }

        /// The same where requests are kept from it.
        ArmView kept(boolean nowHeld, String nowTrip) {
            return new ArmView(arm, target, version, weight, maxWeight, buckets, nowHeld, nowTrip);
        }
    }
}
