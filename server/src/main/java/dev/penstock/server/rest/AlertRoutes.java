package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.admin.ModelAdmin;
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
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Shows alerts and what is asked for because of them, and lets people decide. It may wait for the monitoring
/// thread, so it happens off the event loops.
final class AlertRoutes {
    private static final System.Logger LOG = System.getLogger(AlertRoutes.class.getName());

    private final Monitoring monitoring;
    private final Alerting alerting;
    private final @Nullable ModelAdmin admin;
    private final OffLoop offLoop = new OffLoop();

    /// @param admin whose audit log is told of decisions; null if there is none
    AlertRoutes(Monitoring monitoring, Alerting alerting, @Nullable ModelAdmin admin) {
        this.monitoring = monitoring;
        this.alerting = alerting;
        this.admin = admin;
    }

    /// `GET /api/v1/alerts`
    void alerts(HttpExchange exchange) {
        answer(exchange, () -> {
            List<Concern> concerns =
                    monitoring.alerts().stream().map(Concern::new).toList();
            return json -> AlertJson.writeAlerts(json, concerns, alerting::deliveries, alerting.receivers());
        });
    }

    /// `GET /api/v1/retraining`
    void retraining(HttpExchange exchange) {
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
    void decide(HttpExchange exchange, String id, RetrainingRequest.State as) {
        StrictFields.read(exchange.body(), List.of(), (_, _) -> {});
        String who = exchange.principal();
        answer(exchange, () -> {
            RetrainingRequest request = alerting.decide(id, as, who);
            note(request, who);
            return json -> AlertJson.write(json, request, alerting.deliveries(request));
        });
    }

    private void note(RetrainingRequest request, String who) {
        if (admin == null) {
            return;
        }
        String action =
                request.state() == RetrainingRequest.State.APPROVED ? "approve-retraining" : "dismiss-retraining";
        String detail = "version %d, request %s".formatted(request.key().version(), request.id());
        try {
            admin.note(request.key().name(), who, action, detail);
        } catch (ServingException e) {
            // It is decided, and receivers may have been told.
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the audit log does not say that {0} decided: {1} {2}: {3}",
                    who,
                    action,
                    detail,
                    e.getMessage());
        }
    }

    private void answer(HttpExchange exchange, Supplier<Consumer<JsonGenerator>> work) {
        offLoop.answer(exchange, "alerts", () -> {
            byte[] text = Json.bytes(work.get());
            return () ->
                    Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
        });
    }
}
