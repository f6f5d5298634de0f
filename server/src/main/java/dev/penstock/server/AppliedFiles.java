package dev.penstock.server;

import dev.penstock.core.ServingException;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.rollout.RolloutAsked;
import dev.penstock.server.routing.Fields;
import dev.penstock.server.routing.RouteJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What files say that routes and rollouts are to be: YAML or JSON with the lists `routes` and `rollouts`.
///
/// @param routes by name, each once
/// @param rollouts as they are written, in the order of the files; one for each route
record AppliedFiles(Map<String, RouteSpec> routes, List<ObjectNode> rollouts) {
    private static final List<String> KNOWN = List.of("routes", "rollouts");

    private static final Pattern PLACE = Pattern.compile("(?m)^ +in .*, line ([0-9]+), column");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// @param names files and folders, of which every `.yaml`, `.yml` and `.json` counts; `-` is what
    ///     comes in
    /// @throws ConfigException saying all that is wrong with them
    static AppliedFiles read(List<Path> names, Path workingFolder, InputStream in) {
        AppliedFiles all = new AppliedFiles(new TreeMap<>(), new ArrayList<>());
        List<String> problems = new ArrayList<>();
        for (Path name : names) {
            try {
                if (name.toString().equals("-")) {
                    all.add("-", new String(in.readAllBytes(), StandardCharsets.UTF_8), problems);
                    continue;
                }
                for (Path file : files(workingFolder.resolve(name))) {
                    all.add(file.toString(), Files.readString(file), problems);
                }
            } catch (NoSuchFileException e) {
                problems.add("-f %s: is not there (expected: a file or folder)".formatted(name));
            } catch (IOException e) {
                problems.add("-f %s: cannot be read: %s".formatted(name, e));
            }
        }
        if (problems.isEmpty() && all.routes.isEmpty() && all.rollouts.isEmpty()) {
            String given = String.join(", ", names.stream().map(Path::toString).toList());
            problems.add("-f %s: neither routes nor rollouts (expected: lists named so)".formatted(given));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return all;
    }

    private static List<Path> files(Path named) throws IOException {
        if (!Files.isDirectory(named)) {
            return List.of(named);
        }
        try (Stream<Path> inside = Files.list(named)) {
            return inside.filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
                    .sorted()
                    .toList();
        }
    }

    private void add(String file, String text, List<String> problems) {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(text)) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                if (!document.isNull() && !document.isMissingNode()) {
                    add(file, document, problems);
                }
            }
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            problems.add(notYaml(file, line, String.valueOf(e.getOriginalMessage())));
        }
    }

    /// The parser says in what it was, where that is, what is wrong, and where.
    private static String notYaml(String file, int line, String said) {
        List<String> words = said.lines().filter(text -> !text.startsWith(" ")).toList();
        int problem = line;
        Matcher place = PLACE.matcher(said);
        while (place.find()) {
            problem = Integer.parseInt(place.group(1));
        }
        return "%s:%d: not YAML: %s".formatted(file, problem, String.join(": ", words));
    }

    private void add(String file, JsonNode document, List<String> problems) {
        try {
            Fields fields = Fields.of(document, "", KNOWN);
            boolean _ = fields.list("routes", (node, where) -> addRoute(file, node, where, problems))
                    .isEmpty();
            boolean _ = fields.list("rollouts", (node, where) -> {
                        if (!(node instanceof ObjectNode spec)) {
                            return problems.add("%s: %s: is no object".formatted(file, where));
                        }
                        return addRollout(file, spec, where, problems);
                    })
                    .isEmpty();
        } catch (ServingException e) {
            problems.add("%s: %s".formatted(file, e.reason()));
        }
    }

    /// The server finds out what else is wrong, such as a version that is not there.
    private boolean addRollout(String file, ObjectNode spec, String where, List<String> problems) {
        try {
            String route = RolloutAsked.read(spec, where).spec().route();
            if (rollouts.stream()
                    .anyMatch(other -> other.path("route").asString("").equals(route))) {
                return problems.add(
                        "%s: %s: route '%s' has two rollouts (expected: one)".formatted(file, where, route));
            }
            return rollouts.add(spec);
        } catch (ServingException e) {
            return problems.add("%s: %s".formatted(file, e.reason()));
        }
    }

    private boolean addRoute(String file, JsonNode node, String where, List<String> problems) {
        try {
            RouteSpec route = RouteJson.read(node, where, null);
            if (routes.put(route.name(), route) != null) {
                problems.add("%s: %s: route '%s' is there twice (expected: once)".formatted(file, where, route.name()));
            }
            return true;
        } catch (ServingException e) {
            return problems.add("%s: %s".formatted(file, e.reason()));
        }
    }

    /// All of it, as one server is asked for it.
    ObjectNode json() {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        ArrayNode routed = node.putArray("routes");
        routes.values().forEach(route -> routed.add(RouteJson.write(route)));
        ArrayNode rolled = node.putArray("rollouts");
        rollouts.forEach(rolled::add);
        return node;
    }
}
