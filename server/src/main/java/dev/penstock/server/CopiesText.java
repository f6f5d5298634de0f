package dev.penstock.server;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a person reads in a terminal of what copies said of shadows. Pure.
///
/// @param columns of the terminal
record CopiesText(int columns) {
    private static final int USUAL_COLUMNS = 80;
    private static final int LONGEST_BAR = 40;
    private static final int SHORTEST_BAR = 6;

    /// What is left of a line's bar: a difference and a count.
    private static final int BESIDE_BAR = 34;

    static CopiesText on(Map<String, String> environment) {
        String said = environment.getOrDefault("COLUMNS", "");
        return new CopiesText(said.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(said) : USUAL_COLUMNS);
    }

    /// @param answer what `/api/v1/routes/{route}/shadows` says
    String of(JsonNode answer) {
        List<String> parts = new ArrayList<>();
        answer.path("shadows").forEach(shadow -> parts.add(one(shadow)));
        return parts.isEmpty()
                ? "route %s has no shadows, and had none since the server started\n"
                        .formatted(answer.path("route").asString(""))
                : String.join("\n", parts);
    }

    private String one(JsonNode shadow) {
        TextTable about = TextTable.withHeader("SHADOW", shadow.path("arm").asString(""));
        about.add("version", version(shadow));
        about.add("asked", asked(shadow));
        if (!shadow.path("dropped").isEmpty()) {
            about.add("not answered", counts(shadow.path("dropped")));
        }
        if (shadow.path("agreement").has("share")) {
            about.add("agreement", agreement(shadow.path("agreement")));
        }
        if (shadow.path("shift").has("mean")) {
            about.add("mean shift", shift(shadow.path("shift")));
        }
        if (shadow.path("runs").has("primary")) {
            about.add("runs, p50", run(shadow.path("runs"), "p50Seconds", "ratioP50"));
            about.add("runs, p99", run(shadow.path("runs"), "p99Seconds", "ratioP99"));
            about.add("runs, mean", ratio(shadow.path("runs")));
        }
        return about + classes(shadow.path("classes")) + differences(shadow.path("differences"));
    }

    private static String version(JsonNode shadow) {
        String model = shadow.path("model").asString("");
        long version = shadow.path("version").asLong();
        String name = version == 0 ? model : model + "@" + version;
        return shadow.path("current").asBoolean(false)
                ? "%s gets copies of %s of units"
                        .formatted(name, shadow.path("share").asString(""))
                : name + " gets no copies now";
    }

    private static String asked(JsonNode shadow) {
        long incomparable = shadow.path("incomparable").asLong();
        return "%d: %d compared"
                        .formatted(
                                shadow.path("ran").asLong(),
                                shadow.path("compared").asLong())
                + (incomparable == 0 ? "" : ", %d of another form".formatted(incomparable))
                + (shadow.path("failed").isEmpty() ? "" : ", failed: " + counts(shadow.path("failed")));
    }

    private static String counts(JsonNode byName) {
        List<String> parts = new ArrayList<>();
        byName.properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> parts.add(each.getKey() + " " + each.getValue().asLong()));
        return String.join(", ", parts);
    }

    private static String agreement(JsonNode said) {
        return text(
                "%s (%d of %d), %s",
                percent(said.path("share")),
                said.path("agreed").asLong(),
                said.path("answered").asLong(),
                said.path("tooFewUnits").asBoolean(false)
                        ? "of too few units to be certain"
                        : "certainly %s to %s".formatted(percent(said.path("lower")), percent(said.path("upper"))));
    }

    private static String shift(JsonNode said) {
        return said.has("lower") && said.has("upper")
                ? "%s, certainly %s to %s"
                        .formatted(number(said.path("mean")), number(said.path("lower")), number(said.path("upper")))
                : number(said.path("mean")) + ", without bounds yet";
    }

    private static String run(JsonNode runs, String quantile, String ratio) {
        return text(
                "%s, the primary's %s: %s x (%d pairs)",
                millis(runs.path("shadow").path(quantile)),
                millis(runs.path("primary").path(quantile)),
                runs.has(ratio) ? text("%.2f", runs.path(ratio).asDouble()) : "-",
                runs.path("pairs").asLong());
    }

    private static String ratio(JsonNode runs) {
        return text("%.2f x, ", runs.path("ratioMean").asDouble())
                + (runs.has("ratioUpper")
                        ? text(
                                "certainly %.2f to %.2f",
                                runs.path("ratioLower").asDouble(),
                                runs.path("ratioUpper").asDouble())
                        : "of too few units to be certain");
    }

    private static String classes(JsonNode classes) {
        if (classes.path("mixed").isEmpty()) {
            return "";
        }
        TextTable table = TextTable.withHeader("PRIMARY SAYS", "SHADOW SAYS", "ROWS", "OF ALL");
        double rows = classes.path("rows").asDouble();
        for (JsonNode mixed : classes.path("mixed")) {
            table.add(
                    mixed.path("primary").asString(),
                    mixed.path("shadow").asString(),
                    mixed.path("rows").asString(),
                    text("%.2f%%", 100 * mixed.path("rows").asDouble() / rows));
        }
        return "\n" + table;
    }

    private String differences(JsonNode differences) {
        if (differences.path("bins").isEmpty()) {
            return "";
        }
        long most = 1;
        for (JsonNode bin : differences.path("bins")) {
            most = Math.max(most, bin.path("answers").asLong());
        }
        TextTable table = TextTable.withHeader("DIFFERENCE", "ANSWERS", "");
        for (JsonNode bin : differences.path("bins")) {
            long answers = bin.path("answers").asLong();
            table.add(name(bin), Long.toString(answers), bar((double) answers / (double) most));
        }
        return "\n%sp50 %s, p99 %s, all %s\n"
                .formatted(table, most(differences, "p50"), most(differences, "p99"), most(differences, "max"));
    }

    private static String name(JsonNode bin) {
        if (!bin.has("above")) {
            return "none";
        }
        return bin.has("upTo") ? "up to " + number(bin.path("upTo")) : "more than " + number(bin.path("above"));
    }

    private static String most(JsonNode differences, String quantile) {
        return differences.has(quantile) ? "at most " + number(differences.path(quantile)) : "beyond that";
    }

    private String bar(double part) {
        int width = Math.clamp((long) columns - BESIDE_BAR, SHORTEST_BAR, LONGEST_BAR);
        return "#".repeat((int) Math.max(1, Math.round(width * part)));
    }

    private static String percent(JsonNode share) {
        return text("%.2f%%", 100 * share.asDouble());
    }

    private static String number(JsonNode number) {
        return text("%.3g", number.asDouble());
    }

    private static String millis(JsonNode seconds) {
        return text("%.3g ms", 1000 * seconds.asDouble());
    }

    @FormatMethod
    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
