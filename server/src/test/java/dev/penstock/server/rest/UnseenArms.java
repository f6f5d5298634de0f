package dev.penstock.server.rest;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.rollout.Compared;
import dev.penstock.server.rollout.Sight;
import java.util.Map;

/// Arms without requests.
final class UnseenArms implements Sight {
    @Override
    public Map<ArmKey, ArmCounts> counts(String route) {
        return Map.of();
    }

    @Override
    public Map<ArmName, Compared> copies(String route) {
        return Map.of();
    }

    @Override
    public Map<ArmName, String> tripped(String route, String rollout) {
        return Map.of();
    }
}
