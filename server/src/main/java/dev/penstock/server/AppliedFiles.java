package dev.penstock.server;

import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.rollout.ApplyOrder;
import dev.penstock.server.routing.RouteJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What files say that routes and rollouts are to be: YAML or JSON with the lists `routes` and `rollouts`.
///
/// @param routes by name, each once
/// @param rollouts as they are written, in the order of the files; one for each route
/// @param places where each is, by its list and its route
record AppliedFiles(Map<String, RouteSpec> routes, List<ObjectNode> rollouts, Map<String, Map<String, String>> places) {

    /// @param names files and folders, of which every `.yaml`, `.yml` and `.json` counts; `-` is what
    ///     comes in
    /// @throws ConfigException saying all that is wrong with them
    static AppliedFiles read(List<Path> names, Path workingFolder, InputStream in) {
        AppliedDocuments documents = new AppliedDocuments();
        List<String> problems = new ArrayList<>();
        for (Path name : names) {
            problems.addAll(add(documents, name, workingFolder, in));
        }
        AppliedFiles all = documents.all();
        if (problems.isEmpty() && all.routes.isEmpty() && all.rollouts.isEmpty()) {
            String given = String.join(", ", names.stream().map(Path::toString).toList());
            problems.add("-f %s: neither routes nor rollouts (expected: lists named so)".formatted(given));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return all;
    }

    /// @return what is wrong with what has that name
    private static List<String> add(AppliedDocuments documents, Path name, Path workingFolder, InputStream in) {
        try {
            if (name.toString().equals("-")) {
                return documents.add("-", new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            List<Path> files = files(name, workingFolder);
            if (files.isEmpty()) {
                String expected = "some that end with .yaml, .yml or .json";
                return List.of("-f %s: has no files (expected: %s)".formatted(name, expected));
            }
            List<String> problems = new ArrayList<>();
            files.forEach(file -> problems.addAll(add(documents, file, workingFolder)));
            return problems;
        } catch (IOException e) {
            return List.of("-f %s: cannot be read: %s".formatted(name, e));
        }
    }

    private static List<String> add(AppliedDocuments documents, Path file, Path workingFolder) {
        try {
            return documents.add(file.toString(), Files.readString(workingFolder.resolve(file)));
        } catch (NoSuchFileException e) {
            return List.of("-f %s: is not there (expected: a file or folder)".formatted(file));
        } catch (CharacterCodingException e) {
            return List.of("-f %s: is no text in UTF-8".formatted(file));
        } catch (IOException e) {
            return List.of("-f %s: cannot be read: %s".formatted(file, e));
        }
    }

    /// @return as messages name them
    private static List<Path> files(Path name, Path workingFolder) throws IOException {
        Path named = workingFolder.resolve(name);
        if (!Files.isDirectory(named)) {
            return List.of(name);
        }
        try (Stream<Path> inside = Files.list(named)) {
            return inside.filter(file -> file.toString().matches(".*\\.(yaml|yml|json)") && !Files.isDirectory(file))
                    .map(file -> name.resolve(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /// Where something of a route is written: the file, the line and the column.
    ///
    /// @param list one of [ApplyOrder]'s
    String place(String list, String route) {
        return places.getOrDefault(list, Map.of()).getOrDefault(route, "");
    }

    /// All of it, as one server is asked for it.
    ObjectNode json() {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        ArrayNode routed = node.putArray(ApplyOrder.ROUTES);
        routes.values().forEach(route -> routed.add(RouteJson.write(route)));
        ArrayNode rolled = node.putArray(ApplyOrder.ROLLOUTS);
        rollouts.forEach(rolled::add);
        return node;
    }
}
