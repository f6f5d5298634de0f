package dev.penstock.server;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmDeals;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.CopyRuns;
import dev.penstock.server.rollout.Sight;
import dev.penstock.server.shadow.Shadows;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// What rollouts see of this server's arms and shadows. Thread-safe.
final class RolloutSight implements Sight {
    private final ArmLedgers arms;
    private final Shadows shadows;

    RolloutSight(ArmLedgers arms, Shadows shadows) {
        this.arms = arms;
        this.shadows = shadows;
    }

    @Override
    public Map<ArmKey, ArmCounts> counts(String route) {
        return arms.counts(route);
    }

    @Override
    public Map<ArmName, Compared> copies(String route) {
        Map<ArmName, Compared> copies = new HashMap<>();
        shadows.counts(route).forEach((key, counts) -> {
            // Answers of another form do not agree either.
            long answered = counts.compared() + counts.incomparable();
            Compared all = new Compared(
                    answered,
                    counts.disagreed() + counts.incomparable(),
                    counts.ran() - answered,
                    counts.disagreements(),
                    counts.failures(),
                    new CopyRuns(counts.longer(), counts.primaryRun(), counts.shadowRun()));
            copies.put(new ArmName(route, key.arm(), key.target()), all);
        });
        return copies;
    }

    @Override
    public void dealt(String route, ArmDeals deals) {
        arms.dealt(route, deals);
    }

    @Override
    public void compares(String route, Set<String> compared, long sinceMillis) {
        arms.compares(route, compared, sinceMillis);
    }

    @Override
    public Map<ArmName, String> tripped(String route, String rollout) {
        return arms.tripReasons(route, rollout);
    }
}
