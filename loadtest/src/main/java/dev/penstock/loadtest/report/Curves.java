package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.Part;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/// Named latency distributions that are drawn in one plot.
///
/// @param all how many there are, of which some are shown
record Curves(List<Curve> shown, int all) {
    /// More lines than that cannot be told apart.
    private static final int MOST = 12;

    record Curve(String name, boolean doubtful, Histogram nanos) {
        /// The name, with a word of warning where one is needed.
        String label() {
            return doubtful ? name + " (NOT VALID)" : name;
        }
    }

    static Curves of(List<Curve> curves) {
        List<Curve> present = curves.stream()
                .filter(curve -> curve.nanos().getTotalCount() > 0)
                .toList();
        if (present.size() <= MOST) {
            return new Curves(present, present.size());
        }
        List<Curve> chosen = IntStream.range(0, MOST)
                .mapToObj(i -> present.get(i * (present.size() - 1) / (MOST - 1)))
                .toList();
        return new Curves(chosen, present.size());
    }

    static Curves ofStages(TestResult result) {
        return of(result.stages().stream()
                .map(stage -> new Curve(stage.name(), !stage.validity().isValid(), stage.latency()))
                .toList());
    }

    /// For each kind of parts with two values or more, their latencies in all valid stages together; in
    /// all stages if none is valid.
    static Map<String, Curves> ofParts(TestResult result) {
        Map<String, Map<String, Histogram>> byKind = new TreeMap<>();
        boolean doubtful =
                result.stages().stream().noneMatch(stage -> stage.validity().isValid());
        for (StageResult stage : result.stages()) {
            if (!doubtful && !stage.validity().isValid()) {
                continue;
            }
            for (Part part : stage.parts()) {
                byKind.computeIfAbsent(part.kind(), kind -> new TreeMap<>())
                        .merge(part.value(), part.latency(), Curves::together);
            }
        }
        byKind.values().removeIf(parts -> parts.size() < 2);
        Map<String, Curves> curves = new TreeMap<>();
        byKind.forEach((kind, parts) -> curves.put(kind, ofParts(kind, parts, doubtful)));
        return curves;
    }

    private static Curves ofParts(String kind, Map<String, Histogram> parts, boolean doubtful) {
        List<Curve> curves = new ArrayList<>();
        parts.forEach((value, nanos) ->
                curves.add(new Curve(kind + " " + (value.isEmpty() ? "(none)" : value), doubtful, nanos)));
        return of(curves);
    }

    private static Histogram together(Histogram first, Histogram second) {
        Histogram sum = first.copy();
        sum.setAutoResize(true);
        sum.add(second);
        return sum;
    }

    boolean isEmpty() {
        return shown.isEmpty();
    }

    /// Says so if not all are drawn.
    String note() {
        return shown.size() == all ? "" : " " + shown.size() + " of " + all + " are drawn; the tables have all.";
    }

    /// The smallest of the latencies at that percentile, above 0.
    double micros(double percentile) {
        return shown.stream()
                .mapToDouble(curve -> Math.max(1, (double) curve.nanos().getValueAtPercentile(percentile)) / 1e3)
                .min()
                .orElse(1);
    }

    double mostMicros() {
        return shown.stream()
                .mapToDouble(curve -> (double) curve.nanos().getMaxValue() / 1e3)
                .max()
                .orElse(1);
    }

    long mostValues() {
        return shown.stream()
                .map(curve -> curve.nanos().getTotalCount())
                .max(Comparator.naturalOrder())
                .orElse(0L);
    }
}
