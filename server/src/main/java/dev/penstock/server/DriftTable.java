package dev.penstock.server;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What a person reads in a terminal of a version's drift. Pure.
final class DriftTable {
    private static final int BAR = 20;

    /// The index at which the bar is full: what is critical is half of it.
    private static final double FULL = 0.5;

    private DriftTable() {}

    static String of(JsonNode drift) {
        StringBuilder text = new StringBuilder();
        JsonNode baseline = drift.path("baseline");
        text.append(String.format(
                Locale.ROOT,
                "%s version %d, last %s: %s%n",
                drift.path("model").asString(""),
                drift.path("version").asLong(),
                drift.path("window").asString(""),
                drift.path("status").asString("").toUpperCase(Locale.ROOT)));
        text.append(String.format(
                Locale.ROOT,
                "%d rows against %d of baseline %s%n",
                drift.path("n").asLong(),
                baseline.path("rows").asLong(),
                baseline.path("id").asString("").isEmpty()
                        ? "to come (%s)".formatted(drift.path("phase").asString(""))
                        : baseline.path("id").asString("")));
        if (!drift.path("note").asString("").isEmpty()) {
            text.append("note: ").append(drift.path("note").asString("")).append('\n');
        }
        if (drift.path("features").isEmpty()) {
            return text.toString();
        }
        TextTable table = TextTable.withHeader("FEATURE", "STATUS", "VALUES", "PSI", "P NO DRIFT", "KS", "");
        for (JsonNode feature : drift.path("features")) {
            table.add(
                    feature.path("name").asString(""),
                    feature.path("status").asString(""),
                    Long.toString(feature.path("n").asLong()),
                    number(feature.path("psi"), "%.3f"),
                    number(feature.path("pNoDrift"), "%.2g"),
                    number(feature.path("ks"), "%.3f"),
                    bar(feature.path("psi").asDouble(0)));
        }
        return text.append('\n').append(table).toString();
    }

    private static String number(JsonNode value, String format) {
        return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "-";
    }

    private static String bar(double index) {
        int length = (int) Math.round(Math.min(1, index / FULL) * BAR);
        return "█".repeat(length);
    }
}
