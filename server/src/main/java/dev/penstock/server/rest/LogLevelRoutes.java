package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.config.LogLevel;
import dev.penstock.server.config.TimeSpan;
import dev.penstock.server.logging.LogLevels;
import dev.penstock.server.wire.HeaderText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Shows and sets the levels of loggers.
final class LogLevelRoutes implements AdminHandler {
    private static final System.Logger LOG = System.getLogger(LogLevelRoutes.class.getName());

    /// What a logger without a level of its own has.
    private static final String INHERITED = "inherited";

    private final LogLevels levels;
    private final AuditNotes notes;
    private final OffLoop offLoop = new OffLoop();

    /// @param notes told of what is set
    LogLevelRoutes(LogLevels levels, AuditNotes notes) {
        this.levels = levels;
        this.notes = notes;
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        switch (target.route()) {
            case LOG_LEVEL -> show(exchange, target.logger());
            case SET_LOG_LEVEL -> set(exchange, target.logger());
            default -> throw target.misplaced();
        }
    }

    private void show(HttpExchange exchange, String logger) {
        LogLevels.Shown shown = levels.get(logger);
        exchange.respond(() -> Replies.ok(json -> write(json, shown)));
    }

    /// What a body asks for; null where it does not say.
    private static final class Order {
        private @Nullable String level;
        private @Nullable String howLong;
    }

    private void set(HttpExchange exchange, String logger) {
        Order order = new Order();
        StrictFields.read(exchange.body(), List.of("level", "for"), (field, json) -> {
            if (field.equals("level")) {
                order.level = RequestJson.text(json, "'level'");
            } else {
                order.howLong = RequestJson.text(json, "'for'");
            }
        });
        LogLevel level = level(order.level);
        Duration howLong = howLong(order.howLong);
        String who = exchange.principal();
        // The audit log may have to be waited for.
        offLoop.answer(exchange, "log-levels", () -> {
            LogLevels.Shown shown = levels.set(logger, level, howLong);
            String until = shown.until() == null ? "the server is restarted" : String.valueOf(shown.until());
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} set the level of logger {1} to {2}, until {3}",
                    who,
                    logger,
                    name(shown.own()),
                    until);
            String detail = "logger %s: %s, until %s".formatted(logger, name(shown.own()), until);
            notes.note("", who, "set-log-level", detail);
            return () -> Replies.ok(json -> write(json, shown));
        });
    }

    private static @Nullable LogLevel level(@Nullable String text) {
        if (INHERITED.equals(text)) {
            return null;
        }
        for (LogLevel level : LogLevel.values()) {
            if (name(level).equals(text)) {
                return level;
            }
        }
        throw ServingException.invalid("field 'level': %s (expected: error, warning, info, debug, trace or inherited)"
                .formatted(text == null ? "none" : "'" + HeaderText.quote(text) + "'"));
    }

    private static @Nullable Duration howLong(@Nullable String text) {
        Duration span = text == null ? null : TimeSpan.read(text);
        if (text != null && (span == null || !span.isPositive())) {
            throw ServingException.invalid("field 'for': '%s' (expected: a duration of at most a day, 10m say)"
                    .formatted(HeaderText.quote(text)));
        }
        return span;
    }

    private static String name(@Nullable LogLevel level) {
        return level == null ? INHERITED : level.name().toLowerCase(Locale.ROOT);
    }

    private static void write(JsonGenerator json, LogLevels.Shown shown) {
        Instant until = shown.until();
        json.writeStartObject()
                .writeStringProperty("logger", shown.logger())
                .writeStringProperty("level", name(shown.own()))
                .writeStringProperty("effective", name(shown.effective()));
        if (until != null) {
            json.writeStringProperty("until", until.toString());
        }
        json.writeEndObject();
    }
}
