package dev.penstock.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What a person reads in a terminal of a version's drift. Pure.
final class DriftTable {
    private static final int BAR = 20;

    /// The index at which the bar is full: what is critical is half of it.
    private static final double FULL = 0.5;

    /// Part of what is enough for an alarm from where on a feature's evidence is told, and of how many.
    private static final double TOLD_FROM = 0.25;

    private static final int MOST_GROWING = 10;

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
        TextTable table = TextTable.withHeader("FEATURE", "STATUS", "VALUES", "PSI", "P NO DRIFT", "KS", "", "WHY");
        for (JsonNode feature : drift.path("features")) {
            table.add(
                    feature.path("name").asString(""),
                    feature.path("status").asString(""),
                    Long.toString(feature.path("n").asLong()),
                    number(feature.path("psi"), "%.3f"),
                    number(feature.path("pNoDrift"), "%.2g"),
                    number(feature.path("ks"), "%.3f"),
                    bar(feature.path("psi").asDouble(0)),
                    why(feature.path("reasons")));
        }
        text.append('\n').append(table);
        addVectors(text, drift.path("vectors"));
        addEvidence(text, drift.path("evidence"));
        return text.toString();
    }

    /// Of what there is more than usual; "" where the index says it.
    private static String why(JsonNode reasons) {
        List<String> all = new ArrayList<>();
        for (JsonNode reason : reasons) {
            all.add(String.format(
                    Locale.ROOT,
                    "%.1f %% %s, usually %.1f %%",
                    100 * reason.path("window").asDouble(0),
                    reason.path("kind").asString(""),
                    100 * reason.path("baseline").asDouble(0)));
        }
        return String.join("; ", all);
    }

    private static void addVectors(StringBuilder text, JsonNode vectors) {
        if (vectors.isEmpty()) {
            return;
        }
        TextTable table = TextTable.withHeader("VECTOR", "STATUS", "VECTORS", "MMD", "P NO DRIFT", "MIDDLE");
        for (JsonNode vector : vectors) {
            table.add(
                    vector.path("name").asString(""),
                    vector.path("status").asString(""),
                    Long.toString(vector.path("n").asLong()),
                    number(vector.path("mmd2"), "%.2g"),
                    number(vector.path("mmdP"), "%.2g"),
                    number(vector.path("centroidShift"), "%.2f sd"));
        }
        text.append('\n').append(table);
    }

    /// Features whose evidence is on its way to an alarm, those with the most first.
    private static void addEvidence(StringBuilder text, JsonNode evidence) {
        List<JsonNode> growing = new ArrayList<>();
        evidence.path("features").forEach(feature -> {
            if (part(feature) >= TOLD_FROM || feature.path("meanShifting").asBoolean(false)) {
                growing.add(feature);
            }
        });
        if (growing.isEmpty()) {
            return;
        }
        growing.sort(Comparator.comparingDouble(DriftTable::part).reversed());
        text.append(String.format(
                Locale.ROOT,
                "%n%d sub-windows together: %s%n",
                evidence.path("subWindows").asLong(),
                evidence.path("status").asString("").toUpperCase(Locale.ROOT)));
        TextTable table = TextTable.withHeader("FEATURE", "STATUS", "EVIDENCE", "PSI SINCE", "MEAN MOVED");
        for (JsonNode feature : growing.subList(0, Math.min(MOST_GROWING, growing.size()))) {
            boolean moving = feature.path("meanShifting").asBoolean(false);
            table.add(
                    feature.path("name").asString(""),
                    feature.path("status").asString(""),
                    String.format(Locale.ROOT, "%.0f %%", 100 * part(feature)),
                    number(feature.path("psi"), "%.3f"),
                    moving ? number(feature.path("meanShift"), "%.2f sd") : "-");
        }
        text.append(table);
    }

    /// Of what is enough for an alarm.
    private static double part(JsonNode feature) {
        double part = feature.path("logE").asDouble(0) / feature.path("alarmAt").asDouble(Double.POSITIVE_INFINITY);
        return Math.max(0, part);
    }

    private static String number(JsonNode value, String format) {
        return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "-";
    }

    private static String bar(double index) {
        int length = (int) Math.round(Math.min(1, index / FULL) * BAR);
        return "█".repeat(length);
    }
}
