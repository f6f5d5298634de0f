package dev.penstock.server;

import dev.penstock.server.MetricTables.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What `deploy/` asks Prometheus: rules and dashboards, and the series in them.
final class ShippedQueries {
    static final Path FOLDER = TestGateways.ROOT.resolve("deploy");

    /// What dashboards leave open.
    private static final Map<String, String> VARIABLES = Map.of(
            "$__rate_interval",
            "1m",
            "$model",
            ".*",
            "$version",
            ".*",
            "$feature",
            ".*",
            "$window",
            "1h",
            "$instance",
            ".*",
            "$route",
            ".*");

    private static final Pattern SERIES =
            Pattern.compile("\\b((?:penstock|process|jvm|system|nv)[_:][a-z0-9_:]+)(\\{[^}]*})?");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"");
    private static final Pattern GROUPED = Pattern.compile("\\b(?:by|on|ignoring|without)\\s*\\(([^)]*)\\)");
    private static final Pattern STRING = Pattern.compile("\"[^\"]*\"");

    /// What Prometheus adds.
    private static final Set<String> OF_TARGETS = Set.of("instance", "job", "le");

    private ShippedQueries() {}

    /// @param from where it is, for people
    /// @param record the series that it makes, or ""
    record Query(String from, String record, String expression) {}

    static List<Path> files(String folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    static List<Query> ofRules() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (Path file : files("prometheus/rules", ".yml")) {
            for (JsonNode group : yaml(file).path("groups")) {
                for (JsonNode rule : group.path("rules")) {
                    String record = rule.path("record").asString("");
                    queries.add(new Query(
                            record.isEmpty() ? rule.path("alert").asString("") : record,
                            record,
                            rule.path("expr").asString("")));
                }
            }
        }
        return queries;
    }

    /// With every variable set to what shows all.
    static List<Query> ofDashboards() throws IOException {
        List<Query> queries = new ArrayList<>();
        for (Path file : files("grafana", ".json")) {
            for (JsonNode panel : json(file).path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    String expression = target.path("expr").asString("");
                    for (Map.Entry<String, String> variable : VARIABLES.entrySet()) {
                        expression = expression.replace(variable.getKey(), variable.getValue());
                    }
                    queries.add(new Query(
                            file.getFileName() + ", " + panel.path("title").asString(""), "", expression));
                }
            }
        }
        return queries;
    }

    static JsonNode yaml(Path file) throws IOException {
        return YAMLMapper.shared().readTree(Files.readString(file));
    }

    static JsonNode json(Path file) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(file));
    }

    /// The series that an expression names.
    static Set<String> series(String expression) {
        Set<String> names = new TreeSet<>();
        SERIES.matcher(STRING.matcher(expression).replaceAll("\"\"")).results().forEach(one -> names.add(one.group(1)));
        return names;
    }

    /// The family that a series of a scrape belongs to, or the series itself.
    static String family(String series, Map<String, Family> families) {
        for (String suffix : List.of("_bucket", "_sum", "_count")) {
            String family = series.substring(0, Math.max(0, series.length() - suffix.length()));
            if (series.endsWith(suffix) && families.containsKey(family)) {
                return family;
            }
        }
        return series;
    }

    /// Says what queries name and nothing has.
    ///
    /// @param families of a page, with their labels
    static List<String> mistakes(List<Query> rules, List<Query> others, Map<String, Family> families) {
        Map<String, Set<String>> known = new TreeMap<>();
        families.forEach((name, family) -> known.put(name, family.labels()));
        List<String> mistakes = new ArrayList<>();
        // What is recorded is known to all others.
        Stream<Query> recording = rules.stream().filter(rule -> !rule.record().isEmpty());
        Stream<Query> alerting = rules.stream().filter(rule -> rule.record().isEmpty());
        for (Query query : Stream.of(recording, alerting, others.stream())
                .flatMap(all -> all)
                .toList()) {
            Consumer<String> found = what -> mistakes.add(query.from() + ": " + what);
            Set<String> there = new HashSet<>(OF_TARGETS);
            for (MatchResult one : SERIES.matcher(query.expression()).results().toList()) {
                String name = family(one.group(1), families);
                Set<String> labels = known.get(name);
                if (labels == null) {
                    // Within a string it is a label's value.
                    if (series(query.expression()).contains(one.group(1))) {
                        found.accept("nothing is called " + one.group(1));
                    }
                    continue;
                }
                there.addAll(labels);
                String selector = one.group(2) == null ? "" : one.group(2);
                MATCHER.matcher(selector)
                        .results()
                        .map(matcher -> matcher.group(1))
                        .forEach(label -> {
                            if (!labels.contains(label) && !OF_TARGETS.contains(label)) {
                                found.accept(name + " has no label " + label);
                            }
                        });
            }
            GROUPED.matcher(query.expression())
                    .results()
                    .flatMap(group -> Stream.of(group.group(1).split(",", -1)))
                    .map(String::strip)
                    .filter(label -> !label.isEmpty() && !there.contains(label))
                    .forEach(label -> found.accept("nothing in it has a label " + label));
            if (!query.record().isEmpty()) {
                known.put(query.record(), there);
            }
        }
        return mistakes;
    }
}
