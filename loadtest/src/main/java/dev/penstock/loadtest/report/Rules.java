package dev.penstock.loadtest.report;

import dev.penstock.loadtest.report.Plot.Line;
import dev.penstock.loadtest.report.Plot.Rule;
import dev.penstock.loadtest.result.TestResult;
import java.util.List;
import java.util.stream.DoubleStream;

/// What plots of latencies have in common: the line that is not to be crossed, and an axis that shows
/// it.
final class Rules {
    private Rules() {}

    /// @return empty if nothing was promised
    static List<Rule> slo(TestResult result) {
        return result.slo()
                .map(slo -> {
                    double micros = (double) slo.latency().toNanos() / 1e3;
                    return List.of(
                            new Rule("SLO: " + slo.percentileName() + " <= " + Figures.micros(micros), true, micros));
                })
                .orElse(List.of());
    }

    static Axis latencyAxis(List<Line> lines, List<Rule> rules) {
        double[] shown = DoubleStream.concat(
                        lines.stream().flatMap(line -> line.points().stream()).mapToDouble(Plot.Point::y),
                        rules.stream().filter(Rule::horizontal).mapToDouble(Rule::value))
                .filter(value -> Double.isFinite(value) && value > 0)
                .toArray();
        double least = DoubleStream.of(shown).min().orElse(1);
        double most = DoubleStream.of(shown).max().orElse(least * 10);
        return Axis.logarithmic("Latency", least, most * 1.05, Figures::micros);
    }
}
