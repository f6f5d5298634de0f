package dev.penstock.server.telemetry;

import dev.penstock.server.alerting.Outcome;
import dev.penstock.server.alerting.ReceiverStatus;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// Turns how it goes with receivers of alerts into Prometheus series at each scrape.
final class AlertingCollector implements MultiCollector {
    private final Supplier<List<ReceiverStatus>> receivers;

    AlertingCollector(Supplier<List<ReceiverStatus>> receivers) {
        this.receivers = receivers;
    }

    @Override
    public MetricSnapshots collect() {
        CounterSnapshot.Builder attempts =
                Points.counter("penstock_webhook_attempts", "Attempts to tell a receiver of alerts.");
        CounterSnapshot.Builder events =
                Points.counter("penstock_webhook_events", "Events for a webhook, by what became of them in the end.");
        GaugeSnapshot.Builder waiting =
                Points.gauge("penstock_webhook_waiting_events", "What a receiver of alerts is not told yet.");
        CounterSnapshot.Builder unkept = Points.counter(
                "penstock_webhook_unkept_events", "Events that did not arrive and could not be kept in a file either.");
        for (ReceiverStatus receiver : receivers.get()) {
            Labels name = Labels.of("receiver", receiver.name());
            attempts.dataPoint(Points.count(name.add("result", "accepted"), (double) receiver.attemptsAccepted()));
            attempts.dataPoint(Points.count(name.add("result", "failed"), (double) receiver.attemptsFailed()));
            for (Map.Entry<Outcome, Long> one : receiver.events().entrySet()) {
                String result = one.getKey().name().toLowerCase(Locale.ROOT);
                events.dataPoint(Points.count(name.add("result", result), (double) one.getValue()));
            }
            if (!receiver.events().isEmpty()) {
                unkept.dataPoint(Points.count(name, (double) receiver.unkept()));
            }
            waiting.dataPoint(Points.value(name, (double) receiver.waiting()));
        }
        return new MetricSnapshots(List.of(attempts.build(), events.build(), unkept.build(), waiting.build()));
    }
}
