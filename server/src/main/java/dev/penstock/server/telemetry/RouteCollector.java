package dev.penstock.server.telemetry;

import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;

/// Turns what routes say into Prometheus series at each scrape.
final class RouteCollector implements MultiCollector {
    private final Supplier<List<RouteSpec>> routes;

    RouteCollector(Supplier<List<RouteSpec>> routes) {
        this.routes = routes;
    }

    @Override
    public MetricSnapshots collect() {
        GaugeSnapshot.Builder weights =
                Points.gauge("penstock_arm_weight_ratio", "Part of a route's units that an arm is to have.");
        for (RouteSpec route : routes.get()) {
            weights.dataPoint(point(route, route.standard().name(), route.standardWeight()));
            for (CandidateSpec candidate : route.candidates()) {
                weights.dataPoint(point(route, candidate.arm().name(), candidate.weight()));
            }
        }
        return MetricSnapshots.of(weights.build());
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(RouteSpec route, String arm, int basisPoints) {
        return Points.value(
                Labels.of("route", route.name(), "arm", arm), (double) basisPoints / (double) RouteSpec.BUCKETS);
    }
}
