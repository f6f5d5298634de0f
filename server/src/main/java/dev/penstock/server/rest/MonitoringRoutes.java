package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.monitoring.Baseline;
import dev.penstock.server.monitoring.BaselineUpload;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.monitoring.Watched;
import dev.penstock.server.monitoring.WindowText;
import dev.penstock.server.picture.DriftPage;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// What can be asked of drift, and said of what is usual. It may wait for the monitoring thread, so it happens
/// off the event loops.
final class MonitoringRoutes implements AdminHandler {
    /// Of a baseline that is uploaded.
    private static final BodyLimit UPLOAD = new BodyLimit(16 << 20, "");

    private static final String PAGE_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

    private final Monitoring monitoring;
    private final Catalog catalog;
    private final OffLoop offLoop = new OffLoop();

    MonitoringRoutes(Monitoring monitoring, Catalog catalog) {
        this.monitoring = monitoring;
        this.catalog = catalog;
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        switch (target.route()) {
            case DRIFT -> drift(exchange, target.model(), target.version());
            case BASELINES -> baselines(exchange, target.model());
            case ADD_BASELINE -> upload(exchange, target.model());
            case BASELINE -> baseline(exchange, target.model(), target.id());
            case DELETE_BASELINE -> delete(exchange, target.model(), target.id());
            case HOLD -> hold(exchange, target.model(), target.version());
            default -> throw target.misplaced();
        }
    }

    @Override
    public @Nullable BodyLimit streamed(AdminRoute route) {
        return route == AdminRoute.ADD_BASELINE ? UPLOAD : null;
    }

    /// `GET /api/v1/models/{model}/versions/{version}/drift`
    private void drift(HttpExchange exchange, String model, long version) {
        QueryText query = QueryText.parse(exchange.query(), List.of("window", "baseline"));
        Duration length = window(query.text("window"));
        String id = query.text("baseline");
        ModelKey key = new ModelKey(model, version);
        exchange.about(model, version);
        boolean page = wantsPage(exchange.headers());
        offLoop.answer(exchange, "monitoring", () -> {
            byte[] text = Json.bytes(id.isEmpty() ? drift(key, length) : drift(key, length, id));
            return page ? page(DriftPage.of(JsonMapper.shared().readTree(text))) : json(text);
        });
    }

    private Consumer<JsonGenerator> drift(ModelKey key, @Nullable Duration length) {
        Evaluation evaluation = monitoring.evaluation(key, length);
        Watched watched = monitoring.watched(key);
        return json -> DriftJson.write(json, watched, evaluation);
    }

    private Consumer<JsonGenerator> drift(ModelKey key, @Nullable Duration length, String id) {
        Watched watched = monitoring.watched(key);
        Baseline against = monitoring.baseline(key.name(), id);
        Evaluation evaluation = monitoring.evaluation(key, length, against);
        return json -> DriftJson.write(json, watched.against(against), evaluation);
    }

    /// Browsers say that they take pages, programs that they take anything or JSON.
    private static boolean wantsPage(HttpHeaders headers) {
        String accepted = String.join(",", headers.getAll(HttpHeaderNames.ACCEPT));
        return accepted.contains("text/html") && !accepted.contains("application/json");
    }

    private static Supplier<FullHttpResponse> page(String page) {
        byte[] text = page.getBytes(StandardCharsets.UTF_8);
        return () -> {
            FullHttpResponse response =
                    Replies.of(HttpResponseStatus.OK, "text/html; charset=utf-8", Unpooled.wrappedBuffer(text));
            // Nothing of it comes from elsewhere, and names of models are not to change that.
            response.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, PAGE_POLICY);
            response.headers().set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT);
            return response;
        };
    }

    private static Supplier<FullHttpResponse> json(byte[] text) {
        return () -> Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
    }

    private static @Nullable Duration window(String text) {
        return WindowText.read("query parameter 'window'", text);
    }

    /// `GET /api/v1/models/{model}/baselines`
    void baselines(HttpExchange exchange, String model) {
        checkModel(model);
        answer(exchange, () -> {
            List<Baseline> all = monitoring.baselines(model);
            return json -> {
                json.writeStartObject().writeArrayPropertyStart("baselines");
                all.forEach(baseline -> DriftJson.write(json, baseline));
                json.writeEndArray().writeEndObject();
            };
        });
    }

    /// `GET /api/v1/models/{model}/baselines/{id}`
    private void baseline(HttpExchange exchange, String model, String id) {
        checkModel(model);
        offLoop.answer(exchange, "monitoring", () -> {
            byte[] text = monitoring.baseline(model, id).json().getBytes(StandardCharsets.UTF_8);
            return json(text);
        });
    }

    /// `DELETE /api/v1/models/{model}/baselines/{id}`
    void delete(HttpExchange exchange, String model, String id) {
        checkModel(model);
        String who = exchange.principal();
        answer(exchange, () -> {
            monitoring.remove(model, id, who);
            return json -> json.writeStartObject()
                    .writeStringProperty("model", model)
                    .writeStringProperty("deleted", id)
                    .writeEndObject();
        });
    }

    /// `PUT /api/v1/models/{model}/versions/{version}/baseline`
    void hold(HttpExchange exchange, String model, long version) {
        String[] id = {""};
        StrictFields.read(exchange.body(), List.of("id"), (field, json) -> {
            id[0] = RequestJson.text(json, "'id'");
        });
        String who = exchange.principal();
        answer(exchange, () -> {
            checkModel(model);
            monitoring.hold(new ModelKey(model, version), id[0], who);
            return json -> json.writeStartObject()
                    .writeStringProperty("model", model)
                    .writeNumberProperty("version", version)
                    .writeStringProperty("baseline", id[0])
                    .writeEndObject();
        });
    }

    /// `POST /api/v1/models/{model}/baselines`
    private void upload(HttpExchange exchange, String model) {
        QueryText query = QueryText.parse(exchange.query(), List.of("names", "version", "window"));
        checkModel(model);
        String type = exchange.headers()
                .get(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .split(";", 2)[0]
                .strip()
                .toLowerCase(Locale.ROOT);
        String who = exchange.principal();
        offLoop.answer(exchange, "monitoring", () -> uploaded(exchange, model, type, query, who));
    }

    private Supplier<FullHttpResponse> uploaded(
            HttpExchange exchange, String model, String type, QueryText query, String who) {
        StreamedBody body = exchange.content();
        try {
            byte[] text = body.readAllBytes();
            Baseline baseline = query.text("window").isEmpty()
                    ? read(monitoring.upload(model), type, text, query.text("names"))
                    : captured(model, query);
            monitoring.add(baseline, who);
            byte[] reply = Json.bytes(json -> DriftJson.write(json, baseline));
            return () -> Replies.of(
                    HttpResponseStatus.CREATED, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(reply));
        } catch (IOException e) {
            BodyFailure failure = body.failure();
            if (failure == null) {
                throw new UncheckedIOException(e);
            }
            return () ->
                    RestErrors.of(failure.refusal().status(), failure.refusal().message());
        }
    }

    private Baseline captured(String model, QueryText query) {
        long version = query.number("version", 1, Long.MAX_VALUE, 0);
        Duration length = window(query.text("window"));
        return monitoring.captured(new ModelKey(model, version), length);
    }

    private static Baseline read(BaselineUpload upload, String type, byte[] text, String names) {
        return switch (type) {
            case "application/json" -> upload.json(text);
            case "text/csv" -> upload.csv(text);
            case "application/vnd.apache.parquet" -> upload.parquet(text);
            case "application/octet-stream" -> upload.npy(text, List.of(names.split(",", -1)));
            default ->
                throw ServingException.invalid(
                        ("Content-Type: '%s' (expected: application/json, text/csv, application/vnd.apache.parquet, or"
                                        + " application/octet-stream for .npy)")
                                .formatted(HeaderText.quote(type)));
        };
    }

    private void checkModel(String model) {
        if (catalog.model(model) == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "model '%s' is unknown".formatted(model));
        }
    }

    private void answer(HttpExchange exchange, Supplier<Consumer<JsonGenerator>> work) {
        offLoop.answer(exchange, "monitoring", () -> {
            byte[] text = Json.bytes(work.get());
            return json(text);
        });
    }
}
