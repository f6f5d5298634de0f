package dev.penstock.server.rest;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.config.TimeSpan;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.Quality;
import dev.penstock.server.store.SlowDiskException;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What can be asked of quality, and said of it. It may wait for the disk, so it happens off the event loops.
final class QualityRoutes implements AdminHandler {
    private static final Duration SHORTEST = Duration.ofMinutes(5);

    private final Feedback feedback;
    private final AuditNotes notes;
    private final OffLoop offLoop = new OffLoop();

    /// @param notes told of what is done to baselines
    QualityRoutes(Feedback feedback, AuditNotes notes) {
        this.feedback = feedback;
        this.notes = notes;
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        switch (target.route()) {
            case QUALITY -> quality(exchange, target.model(), target.version());
            case HOLD_QUALITY -> hold(exchange, target.model(), target.version());
            default -> throw target.misplaced();
        }
    }

    /// `GET /api/v1/models/{model}/versions/{version}/quality`
    private void quality(HttpExchange exchange, String model, long version) {
        Duration length =
                window(QueryText.parse(exchange.query(), List.of("window")).text("window"));
        exchange.about(model, version);
        offLoop.answer(exchange, "quality", () -> answered(feedback.quality(new ModelKey(model, version), length)));
    }

    /// `PUT /api/v1/models/{model}/versions/{version}/quality/baseline`
    private void hold(HttpExchange exchange, String model, long version) {
        ModelKey key = new ModelKey(model, version);
        exchange.about(model, version);
        String who = exchange.principal();
        offLoop.answer(exchange, "quality", () -> {
            try {
                feedback.hold(key, exchange.body().toString(StandardCharsets.UTF_8));
            } catch (SlowDiskException e) {
                notes.note(model, who, "hold-quality-baseline", "version %d, once it is written".formatted(version));
                throw e;
            }
            notes.note(model, who, "hold-quality-baseline", "version " + version);
            return answered(feedback.quality(key, null));
        });
    }

    private static Supplier<FullHttpResponse> answered(Quality quality) {
        byte[] text = Json.bytes(json -> QualityJson.write(json, quality));
        return () -> Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
    }

    private static @Nullable Duration window(String text) {
        if (text.isEmpty()) {
            return null;
        }
        Duration length = text.matches("\\d{1,3}d")
                ? Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)))
                : TimeSpan.read(text);
        if (length == null || length.compareTo(SHORTEST) < 0) {
            throw ServingException.invalid("query parameter 'window': '%s' (expected: at least 5m, such as 1h or 7d)"
                    .formatted(HeaderText.quote(text)));
        }
        return length;
    }
}
