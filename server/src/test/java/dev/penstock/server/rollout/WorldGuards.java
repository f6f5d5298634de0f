package dev.penstock.server.rollout;

import dev.penstock.core.ModelKey;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.arms.ArmObservers;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Guards of arms, which find what a test says.
final class WorldGuards implements ArmObservers {
    private final Map<ArmName, String> trips;

    /// Routes whose guards take nothing away.
    final Set<String> onlyTold = new HashSet<>();

    /// @param trips what they found
    WorldGuards(Map<ArmName, String> trips) {
        this.trips = trips;
    }

    /// The candidate has too many failures here, as a guard says.
    void trip(String route) {
        trips.put(new ArmName(route, "canary", new ModelKey("lookup", 2)), "20 failures one after another");
    }

    @Override
    public ArmObserver of(ArmKey key, boolean candidate) {
        return ArmObserver.NONE;
    }

    @Override
    public void onlyTell(String route, boolean only) {
        boolean _ = only ? onlyTold.add(route) : onlyTold.remove(route);
    }

    @Override
    public void rearm(String route, String arm) {
        trips.keySet().removeIf(name -> name.arm().equals(arm));
    }
}
