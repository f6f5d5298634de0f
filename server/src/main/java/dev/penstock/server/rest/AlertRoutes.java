package dev.penstock.server.rest;

import dev.penstock.server.alerting.Alerting;
import dev.penstock.server.alerting.Concern;
import dev.penstock.server.alerting.RetrainingRequest;
import dev.penstock.server.monitoring.Monitoring;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/// Shows alerts and what is asked for because of them, and lets people decide. It may wait for the monitoring
/// thread, so it happens off the event loops.
final class AlertRoutes implements AdminHandler {
    private final Monitoring monitoring;
    private final Alerting alerting;
    private final AuditNotes notes;
    private final OffLoop offLoop = new OffLoop();

    /// @param notes told of decisions
    AlertRoutes(Monitoring monitoring, Alerting alerting, AuditNotes notes) {
        this.monitoring = monitoring;
        this.alerting = alerting;
        this.notes = notes;
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        switch (target.route()) {
            case ALERTS -> alerts(exchange);
            case RETRAINING -> retraining(exchange);
            case APPROVE_RETRAINING -> decide(exchange, target.id(), RetrainingRequest.State.APPROVED);
            case DISMISS_RETRAINING -> decide(exchange, target.id(), RetrainingRequest.State.DISMISSED);
            default -> throw target.misplaced();
        }
    }

    /// `GET /api/v1/alerts`
    private void alerts(HttpExchange exchange) {
        answer(exchange, () -> {
            List<Concern> concerns =
                    monitoring.alerts().stream().map(Concern::new).toList();
            return json -> AlertJson.writeAlerts(json, concerns, alerting::deliveries, alerting.receivers());
        });
    }

    /// `GET /api/v1/retraining`
    private void retraining(HttpExchange exchange) {
        answer(exchange, () -> {
            List<RetrainingRequest> requests = alerting.retraining();
            return json -> {
                json.writeStartObject().writeArrayPropertyStart("requests");
                requests.forEach(request -> AlertJson.write(json, request, alerting.deliveries(request)));
                json.writeEndArray().writeEndObject();
            };
        });
    }

    /// `POST /api/v1/retraining/{id}:approve` and `:dismiss`
    private void decide(HttpExchange exchange, String id, RetrainingRequest.State as) {
        StrictFields.read(exchange.body(), List.of(), (_, _) -> {});
        String who = exchange.principal();
        answer(exchange, () -> {
            RetrainingRequest request = alerting.decide(id, as, who);
            note(request, who);
            return json -> AlertJson.write(json, request, alerting.deliveries(request));
        });
    }

    private void note(RetrainingRequest request, String who) {
        String action =
                request.state() == RetrainingRequest.State.APPROVED ? "approve-retraining" : "dismiss-retraining";
        String detail = "version %d, request %s".formatted(request.key().version(), request.id());
        notes.note(request.key().name(), who, action, detail);
    }

    private void answer(HttpExchange exchange, Supplier<Consumer<JsonGenerator>> work) {
        offLoop.answer(exchange, "alerts", () -> {
            byte[] text = Json.bytes(work.get());
            return () ->
                    Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
        });
    }
}
