package dev.penstock.server.rest;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.config.TimeSpan;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.Watched;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What can be asked of drift, and said of what is usual. It may wait for the monitoring thread, so it happens off
/// the event loops.
final class MonitoringRoutes {
    private static final Duration SHORTEST = Duration.ofMinutes(5);

    private final Monitoring monitoring;
    private final OffLoop offLoop = new OffLoop();

    MonitoringRoutes(Monitoring monitoring) {
        this.monitoring = monitoring;
    }

    /// `GET /api/v1/models/{model}/versions/{version}/drift`
    void drift(HttpExchange exchange, String model, long version) {
        Duration length = window(QueryText.parse(exchange.query(), List.of("window")).text("window"));
        ModelKey key = new ModelKey(model, version);
        exchange.about(model, version);
        answer(exchange, () -> {
            Evaluation evaluation = monitoring.evaluation(key, length);
            Watched watched = monitoring.watched(key);
            return json -> DriftJson.write(json, watched, evaluation);
        });
    }

    private static @Nullable Duration window(String text) {
        if (text.isEmpty()) {
            return null;
        }
        Duration length = TimeSpan.read(text);
        if (length == null || length.compareTo(SHORTEST) < 0) {
            throw ServingException.invalid("query parameter 'window': '%s' (expected: 5m to 24h, such as 1h)"
                    .formatted(HeaderText.quote(text)));
        }
        return length;
    }

    /// `GET /api/v1/alerts`
    void alerts(HttpExchange exchange) {
        answer(exchange, () -> {
            var alerts = monitoring.alerts();
            return json -> DriftJson.writeAlerts(json, alerts);
        });
    }

    private void answer(HttpExchange exchange, Supplier<Consumer<JsonGenerator>> work) {
        offLoop.answer(exchange, "monitoring", () -> {
            byte[] text = Json.bytes(work.get());
            return () ->
                    Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
        });
    }
}
