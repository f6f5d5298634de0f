package dev.penstock.loadtest.report;

import dev.penstock.loadtest.report.Curves.Curve;
import dev.penstock.loadtest.report.Plot.Form;
import dev.penstock.loadtest.report.Plot.Line;
import dev.penstock.loadtest.report.Plot.Point;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// Which share of the answers took how long: a histogram whose bars are equally wide on a logarithmic
/// axis.
final class SpreadPlot {
    /// Bars for each power of ten.
    private static final double BARS = 10;

    private SpreadPlot() {}

    static Plot of(String id, Curves curves) {
        int first = bar(curves.micros(0));
        int last = bar(curves.mostMicros());
        List<Map<Integer, Double>> spreads =
                curves.shown().stream().map(curve -> spread(curve.nanos())).toList();
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < spreads.size(); i++) {
            lines.add(new Line(curves.shown().get(i).label(), Form.STEPS, points(spreads.get(i), first, last)));
        }
        double highest = spreads.stream()
                .flatMap(spread -> spread.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        return new Plot(
                id,
                "Histogram of latencies",
                "Which share of the right answers took how long; ten bars for each power of ten." + curves.note(),
                Axis.logarithmic("Latency", start(first), start(last + 1), Figures::micros),
                Axis.fromZero("Share of right answers", highest, Figures::percent),
                lines,
                List.of(),
                table(curves, spreads, first, last));
    }

    private static Map<Integer, Double> spread(Histogram nanos) {
        Map<Integer, Double> shares = new HashMap<>();
        double all = (double) nanos.getTotalCount();
        for (HistogramIterationValue value : nanos.recordedValues()) {
            double share = (double) value.getCountAtValueIteratedTo() / all;
            shares.merge(bar((double) Math.max(1, value.getValueIteratedTo()) / 1e3), share, Double::sum);
        }
        return shares;
    }

    private static List<Point> points(Map<Integer, Double> shares, int first, int last) {
        List<Point> points = new ArrayList<>();
        points.add(new Point(start(first), 0, false, ""));
        for (int bar = first; bar <= last; bar++) {
            points.add(new Point(start(bar), shares.getOrDefault(bar, 0.0), false, ""));
        }
        points.add(new Point(start(last + 1), 0, false, ""));
        return points;
    }

    private static Table table(Curves curves, List<Map<Integer, Double>> spreads, int first, int last) {
        List<String> columns = new ArrayList<>(List.of("From", "To"));
        columns.addAll(curves.shown().stream().map(Curve::label).toList());
        List<List<String>> rows = new ArrayList<>();
        for (int bar = first; bar <= last; bar++) {
            List<String> row = new ArrayList<>(List.of(Figures.micros(start(bar)), Figures.micros(start(bar + 1))));
            for (Map<Integer, Double> shares : spreads) {
                row.add(Figures.percent(shares.getOrDefault(bar, 0.0)));
            }
            rows.add(row);
        }
        return new Table("Histogram of latencies", columns, 0, rows);
    }

    private static int bar(double micros) {
        return (int) Math.floor(Math.log10(micros) * BARS);
    }

    private static double start(int bar) {
        return Math.pow(10, (double) bar / BARS);
    }
}
