package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.config.Nearest;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.FeedbackItem;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads what callers say of answers: an array of JSON objects, or objects one after another. Pure.
final class FeedbackReader {
    private static final List<String> FIELDS = List.of("token", "row", "label", "value", "reward", "at");

    // Of the object at hand.
    private String token = "";
    private long row;
    private FeedbackItem.@Nullable Said said;
    private long atMillis;
    private String problem = "";

    private FeedbackReader() {}

    /// One object.
    ///
    /// @param item null if it cannot be read
    /// @param problem why; else ""
    record Read(@Nullable FeedbackItem item, String problem) {}

    /// @throws ServingException if it is no such JSON, or has too many objects
    static List<Read> read(ByteBuf text) {
        Utf8.check(text, text.readerIndex(), text.readableBytes());
        List<Read> items = new ArrayList<>();
        try (JsonParser json = Json.parser(text, text.readerIndex(), text.readableBytes())) {
            JsonToken first = json.nextToken();
            boolean array = first == JsonToken.START_ARRAY;
            JsonToken next = array ? json.nextToken() : first;
            while (next != null && next != JsonToken.END_ARRAY) {
                RequestJson.expect(json, JsonToken.START_OBJECT, "item " + items.size(), "an object");
                if (items.size() == Feedback.MOST_ITEMS) {
                    throw ServingException.invalid(
                            "more than %d items (expected: at most as many at once)".formatted(items.size()));
                }
                items.add(new FeedbackReader().object(json));
                next = json.nextToken();
            }
            if (array ? json.nextToken() != null : next == JsonToken.END_ARRAY) {
                throw ServingException.invalid("Unable to parse the request: more follows after the items");
            }
        } catch (JacksonException e) {
            throw RequestJson.malformed(e);
        }
        return items;
    }

    private Read object(JsonParser json) {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            try {
                field(json, name);
            } catch (ServingException e) {
                problem = problem.isEmpty() ? e.reason() : problem;
                json.skipChildren();
            }
        }
        if (problem.isEmpty() && token.isEmpty()) {
            problem = "token: none (expected: that of an answer)";
        }
        FeedbackItem.Said present = said;
        if (problem.isEmpty() && present == null) {
            problem = "nothing is said (expected: a label, a value or a reward)";
        }
        return present == null || !problem.isEmpty()
                ? new Read(null, problem)
                : new Read(new FeedbackItem(token, Math.clamp(row, -1, Integer.MAX_VALUE), present, atMillis), "");
    }

    private void field(JsonParser json, String name) {
        switch (name) {
            case "token" -> token = RequestJson.text(json, "'token'");
            case "row" -> row = RequestJson.integer(json, "'row'");
            case "label" -> say(label(json));
            case "value" -> say(new FeedbackItem.Value(number(json, "'value'")));
            case "reward" -> say(new FeedbackItem.Reward(number(json, "'reward'")));
            case "at" -> atMillis = time(json);
            default ->
                throw ServingException.invalid("field '%s' is unknown (expected: %s)%s"
                        .formatted(HeaderText.quote(name), String.join(", ", FIELDS), Nearest.hint(name, FIELDS)));
        }
    }

    private void say(FeedbackItem.Said what) {
        if (said != null) {
            throw ServingException.invalid("two things are said (expected: a label, a value or a reward)");
        }
        said = what;
    }

    private static FeedbackItem.Said label(JsonParser json) {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> new FeedbackItem.Label(1);
            case VALUE_FALSE -> new FeedbackItem.Label(0);
            case VALUE_STRING -> new FeedbackItem.NamedLabel(json.getString());
            case VALUE_NUMBER_INT -> new FeedbackItem.Label(RequestJson.integer(json, "'label'"));
            default -> throw RequestJson.wrong(json, "'label'", "the index or the name of a class");
        };
    }

    private static double number(JsonParser json, String field) {
        return switch (json.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            default -> throw RequestJson.wrong(json, field, "a number");
        };
    }

    private static long time(JsonParser json) {
        String expected = "a time as 2026-01-31T12:00:00Z, or milliseconds since 1970";
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return Math.max(1, RequestJson.integer(json, "'at'"));
        }
        RequestJson.expect(json, JsonToken.VALUE_STRING, "'at'", expected);
        try {
            return Math.max(1, Instant.parse(json.getString()).toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw RequestJson.wrong(json, "'at'", expected);
        }
    }
}
