package dev.penstock.server;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a person reads in a terminal of a version's quality. Pure.
final class QualityTable {
    private static final int HUNDRED = 100;

    private QualityTable() {}

    static String of(JsonNode quality) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%s version %d, last %s: %s%s",
                quality.path("model").asString(""),
                quality.path("version").asLong(),
                quality.path("window").asString(""),
                quality.path("status").asString("").toUpperCase(Locale.ROOT),
                quality.has("task") ? ", " + quality.path("task").asString("") : "");
        line(
                text,
                "%d labels and %d rewards of %d rows with tokens%s",
                quality.path("labels").asLong(),
                quality.path("rewards").asLong(),
                quality.path("predictions").asLong(),
                quality.has("coverage")
                        ? String.format(
                                Locale.ROOT,
                                " (%.0f %%)",
                                HUNDRED * quality.path("coverage").asDouble())
                        : "");
        JsonNode delay = quality.path("labelDelay");
        if (delay.has("p50Seconds")) {
            line(
                    text,
                    "half of the labels were known within %s%s",
                    time(delay.path("p50Seconds").asDouble()),
                    delay.has("p90Seconds")
                            ? ", nine of ten within "
                                    + time(delay.path("p90Seconds").asDouble())
                            : "");
        }
        JsonNode baseline = quality.path("baseline");
        if (baseline.has("labels")) {
            line(
                    text,
                    "at first %d of %d were right%s",
                    baseline.path("right").asLong(),
                    baseline.path("labels").asLong(),
                    quality.has("target")
                            ? String.format(
                                    Locale.ROOT,
                                    "; %.3f should be",
                                    quality.path("target").asDouble())
                            : "");
        }
        if (quality.path("realised").isEmpty() && quality.path("estimated").isEmpty()) {
            return text.toString();
        }
        TextTable table = TextTable.withHeader("MEASURE", "", "VALUE", "95 %");
        add(table, "as labels say", quality.path("realised"));
        add(table, "estimated", quality.path("estimated"));
        return text.append('\n').append(table).toString();
    }

    @FormatMethod
    private static void line(StringBuilder text, @FormatString String format, Object... args) {
        text.append(String.format(Locale.ROOT, format, args)).append('\n');
    }

    private static void add(TextTable table, String kind, JsonNode metrics) {
        for (Map.Entry<String, JsonNode> metric : metrics.properties()) {
            JsonNode said = metric.getValue();
            String bounds = said.has("lower") && said.has("upper")
                    ? number(said.path("lower")) + " to " + number(said.path("upper"))
                    : "";
            table.add(metric.getKey(), kind, number(said.path("value")), bounds);
        }
    }

    private static String number(JsonNode value) {
        return String.format(Locale.ROOT, "%.3f", value.asDouble());
    }

    private static String time(double seconds) {
        if (seconds < 3_600) {
            return String.format(Locale.ROOT, "%.0f min", seconds / 60);
        }
        return seconds < 2 * 86_400
                ? String.format(Locale.ROOT, "%.0f h", seconds / 3_600)
                : String.format(Locale.ROOT, "%.0f days", seconds / 86_400);
    }
}
