package dev.penstock.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What the admin API says of one model or version, as text. Pure.
final class ModelDetails {
    private static final int SHORT_HASH_CHARS = 12;
    private static final int SECONDS_END = 19;
    private static final double KILO = 1000;
    private static final Map<String, String> LINEAGE = Map.of(
            "git_commit", "git commit",
            "data_version", "data version",
            "training_run", "training run",
            "author", "author");

    private ModelDetails() {}

    /// Everything of a model.
    static String text(JsonNode model) {
        StringBuilder text = new StringBuilder(field(model, "name"));
        if (model.has("policy")) {
            text.append("  policy: ").append(field(model, "policy"));
        }
        text.append('\n');
        for (JsonNode warning : model.path("warnings")) {
            text.append("warning: ").append(warning.asString("")).append('\n');
        }
        String aliases = aliases(model.path("aliases"));
        text.append(aliases.isEmpty() ? "" : "\n" + aliases);
        text.append('\n').append(versions(model.path("versions")));
        for (JsonNode version : model.path("versions")) {
            String origin = origin(version);
            if (!origin.isEmpty()) {
                text.append("\nversion ")
                        .append(field(version, "version"))
                        .append('\n')
                        .append(origin);
            }
        }
        return text.toString();
    }

    private static String aliases(JsonNode aliases) {
        TextTable table = TextTable.withHeader("ALIAS", "VERSION", "ANSWERS", "PREVIOUS", "MOVED", "BY");
        for (JsonNode alias : aliases) {
            table.add(
                    field(alias, "name"),
                    field(alias, "version"),
                    orDash(alias, "effective"),
                    orDash(alias, "previous"),
                    time(alias, "moved"),
                    field(alias, "by"));
        }
        return aliases.isEmpty() ? "" : table.toString();
    }

    private static String versions(JsonNode versions) {
        TextTable table = TextTable.withHeader(
                "VERSION", "STATE", "SHA256", "SIZE", "MEMORY", "REGISTERED", "BY", "SOURCE", "REASON");
        for (JsonNode version : versions) {
            table.add(
                    field(version, "version"),
                    field(version, "state"),
                    hash(version),
                    version.has("bytes") ? size(version.path("bytes").asLong(0)) : "-",
                    memory(version.path("memory")),
                    time(version, "registered"),
                    orDash(version, "by"),
                    version.has("sha256") ? source(version) : "folder",
                    field(version, "reason"));
        }
        return versions.isEmpty() ? "no versions\n" : table.toString();
    }

    /// What counts, and whether it is there only when it is asked for.
    private static String memory(JsonNode memory) {
        if (memory.isMissingNode()) {
            return "-";
        }
        long bytes = Math.max(
                memory.path("predicted_bytes").asLong(0),
                memory.path("measured_bytes").asLong(0));
        if (memory.path("loaded").asBoolean(false)) {
            return size(bytes) + (memory.path("on_demand").asBoolean(false) ? " on demand" : "");
        }
        return memory.path("on_demand").asBoolean(false) ? "on demand" : "-";
    }

    private static String source(JsonNode version) {
        String source = field(version, "source");
        return source.isEmpty() ? "upload" : source;
    }

    /// Where a version comes from and what the gates said of it; "" if nothing is known.
    static String origin(JsonNode version) {
        StringBuilder text = new StringBuilder();
        JsonNode lineage = version.path("lineage");
        LINEAGE.keySet().stream()
                .sorted()
                .forEach(key -> add(text, LINEAGE.getOrDefault(key, key), field(lineage, key)));
        lineage.path("metrics")
                .properties()
                .forEach(one -> add(text, one.getKey(), one.getValue().asString("")));
        lineage.path("labels")
                .properties()
                .forEach(one -> add(text, one.getKey(), one.getValue().asString("")));
        add(text, "waits for its verdict", waiting(version.path("waiting")));
        text.append(gates(version.path("gates")));
        return text.toString();
    }

    /// What takes effect when the version passes, in a few words; "" for nothing.
    private static String waiting(JsonNode waiting) {
        List<String> words = new ArrayList<>();
        waiting.path("aliases").forEach(alias -> words.add("alias " + alias.asString("")));
        String policy = field(waiting, "policy");
        if (!policy.isEmpty()) {
            words.add("policy " + policy);
        }
        if (!field(waiting, "config").isEmpty()) {
            words.add("a configuration");
        }
        return String.join(", ", words);
    }

    private static void add(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("  ").append(name).append(": ").append(value).append('\n');
        }
    }

    private static String gates(JsonNode gates) {
        TextTable table = TextTable.withHeader("  GATE", "RESULT", "DETAIL");
        for (JsonNode gate : gates) {
            table.add("  " + field(gate, "gate"), field(gate, "verdict"), field(gate, "detail"));
        }
        return gates.isEmpty() ? "" : table.toString();
    }

    /// What became of a registration, in a few lines.
    static String registration(JsonNode registration, boolean dryRun) {
        List<String> words = new ArrayList<>();
        String verb = registration.path("new").asBoolean(true) ? "registered" : "there already:";
        words.add(dryRun ? "dry run, nothing registered:" : verb);
        words.add(field(registration, "model"));
        words.add("version " + field(registration, "version"));
        words.add("(" + size(registration.path("bytes").asLong(0)) + ", sha256 " + hash(registration) + ")");
        if (!dryRun) {
            words.add(registration.path("serving").asBoolean(false) ? "serving" : "not serving");
        }
        return String.join(" ", words) + "\n" + origin(registration);
    }

    private static String hash(JsonNode version) {
        String hash = field(version, "sha256");
        return hash.isEmpty() ? "-" : hash.substring(0, Math.min(hash.length(), SHORT_HASH_CHARS));
    }

    static String field(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    private static String orDash(JsonNode node, String name) {
        String text = field(node, name);
        return text.isEmpty() || text.equals("0") ? "-" : text;
    }

    /// To the second, in UTC.
    static String time(JsonNode node, String name) {
        String text = field(node, name);
        return text.length() < SECONDS_END
                ? "-"
                : text.substring(0, SECONDS_END).replace('T', ' ');
    }

    /// In units of a thousand.
    static String size(long bytes) {
        double value = (double) bytes;
        String unit = "B";
        for (String next : List.of("kB", "MB", "GB", "TB")) {
            if (value < KILO) {
                break;
            }
            value /= KILO;
            unit = next;
        }
        return unit.equals("B") ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, unit);
    }
}
