package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Units that were seen first, and what a bucket is predicted, are counted once by each source: by each
/// server, and once more after its restart. They are the same units and predictions perhaps, and would be
/// evidence as often as there are sources. Divided by the sources, none counts for more than one. For one
/// thread.
final class EachOnce {
    private final int sources;

    /// What was left of the divisions before, by arm: so that no more than one in all is lost.
    private final Map<String, long[]> exposuresLeft = new HashMap<>();
    private final Map<String, long[]> binsLeft = new HashMap<>();

    private EachOnce(int sources) {
        this.sources = sources;
    }

    /// @param sources that counted; with one at most nothing changes
    static List<Epoch> of(List<Epoch> epochs, int sources) {
        if (sources <= 1) {
            return epochs;
        }
        EachOnce once = new EachOnce(sources);
        List<Epoch> all = new ArrayList<>();
        for (Epoch epoch : epochs) {
            Map<String, ArmCounts> counts = new HashMap<>();
            epoch.counts().forEach((arm, count) -> counts.put(arm, once.of(arm, count)));
            all.add(new Epoch(epoch.step(), epoch.weights(), counts, epoch.copies()));
        }
        return all;
    }

    private ArmCounts of(String arm, ArmCounts counts) {
        long[] bins = counts.bins();
        long exposures = counts.firstExposures();
        ArmCounts.Builder tooMany =
                new ArmCounts.Builder().firstExposures(exposures - part(exposures, left(exposuresLeft, arm)));
        for (int i = 0; i < bins.length; i++) {
            bins[i] -= part(bins[i], left(binsLeft, arm));
        }
        return counts.minus(tooMany.bins(bins).build());
    }

    private static long[] left(Map<String, long[]> all, String arm) {
        return all.computeIfAbsent(arm, _ -> new long[1]);
    }

    private long part(long count, long[] left) {
        long all = Math.max(0, count) + left[0];
        left[0] = all % sources;
        return all / sources;
    }
}
