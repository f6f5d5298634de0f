package dev.penstock.server;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.rollout.ApplyOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What documents say together that routes and rollouts are to be, as far as there is nothing wrong with one.
/// For one thread.
final class AppliedDocuments {
    /// What names the route, in the elements of each list.
    private static final Map<String, String> NAMES = Map.of(ApplyOrder.ROUTES, "name", ApplyOrder.ROLLOUTS, "route");

    private final Map<String, RouteSpec> routes = new TreeMap<>();
    private final List<ObjectNode> rollouts = new ArrayList<>();

    /// Where each route is named, by list.
    private final Map<String, Map<String, String>> named = new HashMap<>();

    /// @return all that is wrong with them, each with its place, in the order of the file
    List<String> add(String file, String text) {
        List<String> problems = new ArrayList<>();
        for (YamlDocument document : YamlDocument.of(file, text)) {
            JsonNode node = document.node();
            if (node == null) {
                problems.add(document.problem());
            } else {
                problems.addAll(add(document, node));
            }
        }
        return problems;
    }

    AppliedFiles all() {
        return new AppliedFiles(routes, List.copyOf(rollouts), named);
    }

    private List<String> add(YamlDocument document, JsonNode node) {
        List<Mistake> mistakes = new ArrayList<>(document.aliases());
        List<FieldPath> aliases = mistakes.stream().map(Mistake::path).toList();
        List<Mistake> read = Mistakes.of(node, each -> ApplyOrder.readEach(each, false));
        read.stream()
                .filter(mistake -> aliases.stream().noneMatch(mistake.path()::isWithin))
                .forEach(mistakes::add);
        NAMES.forEach((list, name) -> mistakes.addAll(twice(document, node.path(list), list, name)));
        if (mistakes.isEmpty()) {
            take(node);
        }
        List<String> problems = new ArrayList<>();
        mistakes.stream()
                .sorted(Comparator.comparing((Mistake mistake) -> document.place(mistake.path())))
                .forEach(mistake -> problems.add(document.at(mistake.path()) + ": " + mistake.text()));
        if (read.size() == Mistakes.MOST) {
            problems.add("%s: there may be more: %d are told at once".formatted(document.file(), Mistakes.MOST));
        }
        return problems;
    }

    /// Which elements name a route that one before them names, perhaps of another file.
    private List<Mistake> twice(YamlDocument document, JsonNode elements, String list, String name) {
        Map<String, String> before = named.computeIfAbsent(list, _ -> new HashMap<>());
        List<Mistake> all = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            FieldPath where = FieldPath.of(list).element(i);
            String route = elements.path(i).path(name).asString("");
            @Nullable String other = route.isEmpty() ? null : before.putIfAbsent(route, document.at(where));
            if (other != null) {
                all.add(ApplyOrder.twice(where, route, "once; the other one is at " + other));
            }
        }
        return all;
    }

    private void take(JsonNode node) {
        ApplyOrder.readEach(node, false).routes().forEach(route -> routes.put(route.name(), route));
        for (JsonNode rollout : node.path(ApplyOrder.ROLLOUTS)) {
            rollouts.add((ObjectNode) rollout);
        }
    }
}
