package dev.penstock.loadtest.report;

import dev.penstock.loadtest.report.Plot.Form;
import dev.penstock.loadtest.report.Plot.Line;
import dev.penstock.loadtest.report.Plot.Point;
import dev.penstock.loadtest.report.Plot.Rule;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What latencies become as the rate grows.
final class RatePlot {
    private static final Map<String, Double> PERCENTILES = new LinkedHashMap<>();

    static {
        PERCENTILES.put("p50", 50.0);
        PERCENTILES.put("p90", 90.0);
        PERCENTILES.put("p99", 99.0);
        PERCENTILES.put("p99.9", 99.9);
    }

    private RatePlot() {}

    /// @return empty if there are not two stages to be held against each other
    static Optional<Plot> of(String id, TestResult result) {
        List<StageResult> stages = result.stages().stream()
                .filter(stage -> stage.succeeded() > 0)
                .sorted(Comparator.comparingDouble(StageResult::perSecond))
                .toList();
        return stages.size() < 2 ? Optional.empty() : Optional.of(of(id, result, stages));
    }

    private static Plot of(String id, TestResult result, List<StageResult> stages) {
        // Other settings make another server: a line between them would say nothing.
        boolean oneServer =
                stages.stream().map(StageResult::settings).distinct().count() == 1;
        List<Line> lines = new ArrayList<>();
        PERCENTILES.forEach((name, percentile) ->
                lines.add(new Line(name, oneServer ? Form.MARKED : Form.MARKS, points(stages, name, percentile))));
        List<Rule> rules = Rules.slo(result);
        double highest =
                stages.stream().mapToDouble(StageResult::perSecond).max().orElse(1);
        return new Plot(
                id,
                "Latency by rate",
                "Each stage is a point at the rate of its right answers. A cross is a stage that is not valid.",
                Axis.fromZero("Right answers per second", highest, Figures::rate),
                Rules.latencyAxis(lines, rules),
                lines,
                rules,
                Tables.stages(result));
    }

    private static List<Point> points(List<StageResult> stages, String name, double percentile) {
        List<Point> points = new ArrayList<>();
        for (StageResult stage : stages) {
            double micros = stage.latencyMicros(percentile);
            boolean doubtful = !stage.validity().isValid();
            String tip = stage.name() + (doubtful ? " (NOT VALID): " : ": ") + Figures.rate(stage.perSecond()) + "/s, "
                    + name + " " + Figures.micros(micros);
            points.add(new Point(stage.perSecond(), micros, doubtful, tip));
        }
        return points;
    }
}
