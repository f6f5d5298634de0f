package dev.penstock.server;

import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.Nearest;
import dev.penstock.server.rollout.RolloutAsked;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.wire.HeaderText;
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
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What files say that routes and rollouts are to be: YAML or JSON with the lists `routes` and `rollouts`.
///
/// @param routes by name, each once
/// @param rollouts as they are written, in the order of the files; one for each route
record AppliedFiles(Map<String, RouteSpec> routes, List<ObjectNode> rollouts) {
    private static final String ROUTES = "routes";
    private static final List<String> KNOWN = List.of(ROUTES, "rollouts");

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
        for (YamlDocument document : YamlDocument.of(file, text)) {
            if (document.node() == null) {
                problems.add(document.problem());
            } else {
                add(document.name(), document.node(), problems);
            }
        }
    }

    private void add(String document, JsonNode node, List<String> problems) {
        if (!(node instanceof ObjectNode object)) {
            String shown = HeaderText.quote(node.isValueNode() ? node.asString() : node.toString());
            problems.add("%s: it: '%s' (expected: an object)".formatted(document, shown));
            return;
        }
        for (String name : object.propertyNames()) {
            if (KNOWN.contains(name)) {
                addAll(document, name, object.path(name), problems);
            } else {
                problems.add("%s: %s is unknown (expected: %s)%s"
                        .formatted(
                                document, HeaderText.quote(name), String.join(", ", KNOWN), Nearest.hint(name, KNOWN)));
            }
        }
    }

    private void addAll(String document, String list, JsonNode elements, List<String> problems) {
        if (!elements.isArray() && !elements.isNull()) {
            String shown = HeaderText.quote(elements.isValueNode() ? elements.asString() : elements.toString());
            problems.add("%s: %s: '%s' (expected: a list)".formatted(document, list, shown));
            return;
        }
        for (int i = 0; i < elements.size(); i++) {
            add(document, list, elements.path(i), "%s[%d]".formatted(list, i), problems);
        }
    }

    private void add(String document, String list, JsonNode element, String where, List<String> problems) {
        List<String> mistakes = list.equals(ROUTES) ? addRoute(element, where) : addRollout(element, where);
        mistakes.forEach(mistake -> problems.add("%s: %s".formatted(document, mistake)));
    }

    /// The server finds out what else is wrong, such as a version that is not there.
    private List<String> addRollout(JsonNode node, String where) {
        if (!(node instanceof ObjectNode spec)) {
            return List.of("%s: is no object".formatted(where));
        }
        List<String> mistakes = Mistakes.of(spec, where, RolloutAsked::read);
        if (!mistakes.isEmpty()) {
            return mistakes;
        }
        String route = RolloutAsked.read(spec, where).spec().route();
        if (rollouts.stream().anyMatch(other -> other.path("route").asString("").equals(route))) {
            return List.of("%s: route '%s' has two rollouts (expected: one)".formatted(where, route));
        }
        rollouts.add(spec);
        return List.of();
    }

    private List<String> addRoute(JsonNode node, String where) {
        List<String> mistakes = Mistakes.of(node, where, (route, at) -> RouteJson.read(route, at, null));
        if (!mistakes.isEmpty()) {
            return mistakes;
        }
        RouteSpec route = RouteJson.read(node, where, null);
        return routes.put(route.name(), route) == null
                ? List.of()
                : List.of("%s: route '%s' is there twice (expected: once)".formatted(where, route.name()));
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
