package dev.penstock.server.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.server.routing.Fields;
import dev.penstock.server.wire.HeaderText;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Durations, shares and words as people write them in rollouts. Pure.
final class Texts {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");
    private static final Pattern PERCENT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?%");

    private Texts() {}

    /// `90s`, `10m`, `24h`, `500ms`, `7d` or as ISO 8601 has it.
    static Duration duration(Fields fields, String name, Duration usual) {
        if (!fields.has(name)) {
            return usual;
        }
        String text = fields.text(name).strip();
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException _) {
            throw Fields.invalid(FieldPath.of(name), text, "a time such as 30s, 10m or 24h");
        }
    }

    /// The largest unit that it is a whole number of.
    static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 3600 == 0 && seconds > 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /// A part of 1, such as `0.02` or `2%`.
    static double part(Fields fields, String name, double usual) {
        JsonNode value = fields.get(name);
        if (value == null || value.isNumber()) {
            return fields.number(name, usual);
        }
        String text = fields.text(name).strip();
        Matcher matcher = PERCENT.matcher(text);
        if (!matcher.matches()) {
            throw Fields.invalid(FieldPath.of(name), text, "a share such as 2% or 0.02");
        }
        return Double.parseDouble(matcher.group(1)) / 100;
    }

    static boolean flag(Fields fields, String name, boolean usual) {
        JsonNode value = fields.get(name);
        if (value == null) {
            return usual;
        }
        if (!value.isBoolean()) {
            String shown = HeaderText.quote(value.toString());
            throw ServingException.of(Mistake.wrong(FieldPath.of(name), shown, "true or false"));
        }
        return value.booleanValue();
    }

    /// As YAML has the words of rollouts: `blueGreen`, `notWorse`.
    static String camel(Enum<?> value) {
        StringBuilder text = new StringBuilder();
        for (String part : value.name().toLowerCase(Locale.ROOT).split("_", -1)) {
            text.append(text.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return text.toString();
    }
}
