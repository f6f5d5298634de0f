package dev.penstock.loadtest.report;

import dev.penstock.loadtest.report.Curves.Curve;
import dev.penstock.loadtest.report.Plot.Form;
import dev.penstock.loadtest.report.Plot.Line;
import dev.penstock.loadtest.report.Plot.Point;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// Latency by percentile, as HdrHistogram's plots have it: each nine takes as much room as the one
/// before.
final class PercentilePlot {
    private static final int POINTS_PER_HALVING = 5;
    private static final double LEAST_SHARE = 0.99;
    /// What is quicker than a tenth of all would take half of the height.
    private static final double FIRST_SHARE = 0.1;
    private static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 100.0);

    private PercentilePlot() {}

    static Plot of(String id, String title, Curves curves) {
        double high = Math.max(LEAST_SHARE, 1 - 1 / Math.max(2, (double) curves.mostValues()));
        List<Line> lines = curves.shown().stream()
                .map(curve -> new Line(curve.label(), Form.CURVE, points(curve.nanos())))
                .toList();
        String note = "How long right answers took: at 99 %, 99 of 100 took no longer." + curves.note();
        return new Plot(
                id,
                title,
                note,
                Axis.nines("Percentile", high),
                Axis.logarithmic("Latency", curves.micros(FIRST_SHARE * 100), curves.mostMicros(), Figures::micros),
                lines,
                List.of(),
                table(title, curves));
    }

    private static List<Point> points(Histogram nanos) {
        List<Point> points = new ArrayList<>();
        for (HistogramIterationValue value : nanos.percentiles(POINTS_PER_HALVING)) {
            double share = value.getPercentileLevelIteratedTo() / 100;
            if (share >= FIRST_SHARE) {
                points.add(new Point(share, (double) value.getValueIteratedTo() / 1e3, false, ""));
            }
        }
        return points;
    }

    private static Table table(String title, Curves curves) {
        List<String> columns = List.of("", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "Max");
        List<List<String>> rows = new ArrayList<>();
        for (Curve curve : curves.shown()) {
            List<String> row = new ArrayList<>();
            row.add(curve.label());
            for (double percentile : PERCENTILES) {
                row.add(Figures.micros((double) curve.nanos().getValueAtPercentile(percentile) / 1e3));
            }
            rows.add(row);
        }
        return new Table(title, columns, 1, rows);
    }
}
