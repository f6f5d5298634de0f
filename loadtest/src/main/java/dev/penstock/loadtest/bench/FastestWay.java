package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Finds the fastest of the ways in which a program without a server could use two cores: first how many rows a
/// run should have, which a server that batches chooses as well, then how the run is made. The best of one
/// trial each are tried again.
final class FastestWay {
    private static final List<Integer> ROWS = List.of(1, 2, 4, 8);
    private static final int FINALISTS = 3;

    private final ToDoubleFunction<Way> trial;
    private final Map<Way, Double> perSecond = new LinkedHashMap<>();

    private FastestWay(ToDoubleFunction<Way> trial) {
        this.trial = trial;
    }

    /// @param trial runs the model one way and says how many rows a second it does
    static Way of(ToDoubleFunction<Way> trial) {
        return new FastestWay(trial).find();
    }

    private Way find() {
        ROWS.forEach(rows -> measure(new Way("pinned", 2, 1, rows)));
        int rows = ranking().getFirst().rows();
        measure(new Way("naive", 2, 1, rows));
        measure(new Way("penstock", 2, 1, rows));
        measure(new Way("pinned", 1, 2, rows));
        List<Way> finalists = ranking().subList(0, FINALISTS);
        finalists.forEach(
                way -> perSecond.merge(way, trial.applyAsDouble(way), (first, second) -> (first + second) / 2));
        return finalists.stream()
                .max(Comparator.comparingDouble(perSecond::get))
                .orElseThrow();
    }

    private void measure(Way way) {
        perSecond.put(way, trial.applyAsDouble(way));
    }

    /// The fastest first.
    private List<Way> ranking() {
        List<Way> ways = new ArrayList<>(perSecond.keySet());
        ways.sort(Comparator.comparingDouble((Way way) -> perSecond.get(way)).reversed());
        return ways;
    }
}
