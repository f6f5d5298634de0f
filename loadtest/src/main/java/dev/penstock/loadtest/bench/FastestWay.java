package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Finds the fastest of the ways in which a program without a server could use two cores for requests of one row:
/// each in a run of its own, which is what is asked of a server, and as a measure of what batches could bring,
/// put together by eights and less as if they all came at the same moment.
///
/// @param each the fastest with a run for each row
/// @param together the fastest of several rows a run
/// @param togetherPerSecond rows that it does
record FastestWay(Way each, Way together, double togetherPerSecond) {
    private static final List<Way> EACH = List.of(
            new Way("pinned", 2, 1, 1),
            new Way("naive", 2, 1, 1),
            new Way("penstock", 2, 1, 1),
            new Way("pinned", 1, 2, 1));
    private static final List<Way> TOGETHER =
            List.of(new Way("pinned", 2, 1, 2), new Way("pinned", 2, 1, 4), new Way("pinned", 2, 1, 8));
    private static final int FINALISTS = 2;

    /// @param trial runs the model one way and says how many rows a second it does
    static FastestWay of(ToDoubleFunction<Way> trial) {
        Map<Way, Double> perSecond = new LinkedHashMap<>();
        EACH.forEach(way -> perSecond.put(way, trial.applyAsDouble(way)));
        List<Way> finalists = ranking(EACH, perSecond).subList(0, FINALISTS);
        finalists.forEach(
                way -> perSecond.merge(way, trial.applyAsDouble(way), (first, second) -> (first + second) / 2));
        TOGETHER.forEach(way -> perSecond.put(way, trial.applyAsDouble(way)));
        Way together = ranking(TOGETHER, perSecond).getFirst();
        return new FastestWay(
                ranking(finalists, perSecond).getFirst(), together, perSecond.getOrDefault(together, 0.0));
    }

    /// The fastest first.
    private static List<Way> ranking(List<Way> ways, Map<Way, Double> perSecond) {
        return ways.stream()
                .sorted(Comparator.comparingDouble((Way way) -> perSecond.get(way))
                        .reversed())
                .toList();
    }
}
