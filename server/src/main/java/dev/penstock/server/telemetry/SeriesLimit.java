package dev.penstock.server.telemetry;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Leaves out what is more than so many series. A pure function but for the count of what it left out.
///
/// What is of the process as a whole goes before what is of a model, and plain numbers before histograms, so
/// that a server with too many models still shows what each of them does. Among equals the order is that of
/// names and labels, so that from scrape to scrape the same ones are shown.
final class SeriesLimit {
    private final int most;

    /// @param most series, counted as lines of the text format
    SeriesLimit(int most) {
        this.most = most;
    }

    /// @param shown at most so many series
    record Limited(MetricSnapshots shown, long dropped) {}

    Limited apply(MetricSnapshots all) {
        List<MetricSnapshot> inOrder = new ArrayList<>(all.stream().toList());
        // Stable: within a rank they stay sorted by name.
        inOrder.sort(Comparator.comparingInt(SeriesLimit::rank));
        List<MetricSnapshot> shown = new ArrayList<>();
        long room = most;
        long dropped = 0;
        for (MetricSnapshot family : inOrder) {
            List<DataPointSnapshot> kept = new ArrayList<>();
            for (DataPointSnapshot point : family.getDataPoints()) {
                int series = seriesOf(point);
                // What is smaller must not slip in behind what was left out, or series would come and go.
                if (dropped == 0 && series <= room) {
                    room -= series;
                    kept.add(point);
                } else {
                    dropped += series;
                }
            }
            shown.add(kept.size() == family.getDataPoints().size() ? family : with(family, kept));
        }
        return new Limited(new MetricSnapshots(shown), dropped);
    }

    private static int rank(MetricSnapshot family) {
        boolean ofModel = family.getDataPoints().stream()
                .anyMatch(point -> point.getLabels().contains("model"));
        if (!ofModel) {
            return 0;
        }
        return family instanceof HistogramSnapshot ? 2 : 1;
    }

    private static int seriesOf(DataPointSnapshot point) {
        return switch (point) {
            case HistogramDataPointSnapshot histogram ->
                2
                        + (histogram.hasClassicHistogramData()
                                ? histogram.getClassicBuckets().size()
                                : 0);
            case SummaryDataPointSnapshot summary -> 2 + summary.getQuantiles().size();
            default -> 1;
        };
    }

    private static MetricSnapshot with(MetricSnapshot family, List<DataPointSnapshot> points) {
        return switch (family) {
            case CounterSnapshot counter ->
                new CounterSnapshot(counter.getMetadata(), all(CounterDataPointSnapshot.class, points));
            case GaugeSnapshot gauge ->
                new GaugeSnapshot(gauge.getMetadata(), all(GaugeDataPointSnapshot.class, points));
            case HistogramSnapshot histogram ->
                new HistogramSnapshot(histogram.getMetadata(), all(HistogramDataPointSnapshot.class, points));
            case SummarySnapshot summary ->
                new SummarySnapshot(summary.getMetadata(), all(SummaryDataPointSnapshot.class, points));
            case UnknownSnapshot unknown ->
                new UnknownSnapshot(unknown.getMetadata(), all(UnknownDataPointSnapshot.class, points));
            // Of info and state sets there are none.
            default ->
                throw new IllegalStateException(
                        "a family of " + family.getClass().getSimpleName());
        };
    }

    private static <P extends DataPointSnapshot> List<P> all(Class<P> type, List<DataPointSnapshot> points) {
        return points.stream().map(type::cast).toList();
    }
}
