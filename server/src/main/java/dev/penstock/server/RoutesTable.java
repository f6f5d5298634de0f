package dev.penstock.server;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a person reads in a terminal of routes. Pure.
final class RoutesTable {
    private RoutesTable() {}

    /// @param answer what `/api/v1/routes` says
    static String of(JsonNode answer) {
        JsonNode routes = answer.path("routes");
        if (routes.isEmpty()) {
            return "no routes: each name is its model's (see penstock routes set --help)\n";
        }
        TextTable table = TextTable.withHeader("ROUTE", "ARM", "TARGET", "VERSION", "WEIGHT", "MOST", "STATE");
        List<String> problems = new ArrayList<>();
        for (JsonNode route : routes) {
            addArms(table, route);
            for (JsonNode problem : route.path("status").path("problems")) {
                problems.add("route %s: %s\n".formatted(text(route, "name"), problem.asString("")));
            }
        }
        return table + (problems.isEmpty() ? "" : "\n" + String.join("", problems));
    }

    private static void addArms(TextTable table, JsonNode route) {
        String name = text(route, "name");
        for (JsonNode arm : route.path("status").path("arms")) {
            table.add(
                    name,
                    text(arm, "arm"),
                    text(arm, "target"),
                    version(arm),
                    text(arm, "weight"),
                    text(arm, "maxWeight"),
                    state(route, arm));
            name = "";
        }
        for (JsonNode shadow : route.path("shadows")) {
            JsonNode seen = shown(route, text(shadow, "arm"));
            boolean ready = seen.path("version").asLong(0) > 0;
            String state = seen.isMissingNode() ? "shadow" : ready ? "shadow, ready" : "shadow, not ready";
            table.add(
                    "",
                    text(shadow, "arm"),
                    text(shadow, "target"),
                    seen.isMissingNode() ? "" : version(seen),
                    text(shadow, "share"),
                    "",
                    state);
        }
    }

    private static JsonNode shown(JsonNode route, String shadow) {
        for (JsonNode each : route.path("status").path("shadows")) {
            if (text(each, "arm").equals(shadow)) {
                return each;
            }
        }
        return route.path("none");
    }

    private static String version(JsonNode arm) {
        long version = arm.path("version").asLong(0);
        return version == 0 ? "-" : Long.toString(version);
    }

    private static String state(JsonNode route, JsonNode arm) {
        if (arm.path("tripped").asBoolean(false)) {
            return "tripped";
        }
        if (arm.path("held").asBoolean(false)) {
            return "held back";
        }
        if (arm.path("version").asLong(0) == 0) {
            return "not ready";
        }
        boolean moves =
                route.path("status").has("rollout") && !text(arm, "arm").equals(text(route.path("default"), "arm"));
        return moves ? "ready, in rollout " + text(route.path("status"), "rollout") : "ready";
    }

    /// @param route what `/api/v1/routes/{route}` says
    static String one(JsonNode route) {
        JsonNode status = route.path("status");
        StringBuilder text = new StringBuilder();
        TextTable about = TextTable.withHeader("ROUTE", text(route, "name"));
        about.add(
                "changed",
                "%s by %s (revision %s, change %s, assignment %s)"
                        .formatted(
                                seconds(text(status, "changed")),
                                text(status, "by"),
                                text(status, "revision"),
                                text(status, "generation"),
                                text(status, "assignmentVersion")));
        about.add(
                "unit", route.path("unit").isEmpty() ? "none: chance, anew with each request" : listed(route, "unit"));
        about.add("salt", text(route, "salt"));
        for (String rule : new String[] {"match", "overrides", "fallback", "assignment"}) {
            if (route.has(rule)) {
                about.add(rule, route.path(rule).isArray() ? listed(route, rule) : shown(route.path(rule)));
            }
        }
        if (status.has("rollout")) {
            about.add("rollout", text(status, "rollout"));
        }
        text.append(about).append('\n');
        TextTable arms = TextTable.withHeader("ROUTE", "ARM", "TARGET", "VERSION", "WEIGHT", "MOST", "STATE");
        addArms(arms, route);
        text.append(arms);
        for (JsonNode problem : status.path("problems")) {
            text.append("\nnot as it says: ").append(problem.asString("")).append('\n');
        }
        return text.toString();
    }

    private static String listed(JsonNode route, String field) {
        List<String> parts = new ArrayList<>();
        route.path(field).forEach(part -> parts.add(shown(part)));
        return String.join(", ", parts);
    }

    /// As YAML would have it on one line, nearly.
    private static String shown(JsonNode node) {
        return node.isValueNode()
                ? node.asString("")
                : node.toString().replace("\"", "").replace(",", ", ").replace(":", ": ");
    }

    /// @param answer what `:assign` says
    static String assigned(JsonNode answer) {
        TextTable table = TextTable.withHeader("ARM", text(answer, "arm"));
        table.add("target", text(answer, "target"));
        table.add("version", version(answer).equals("-") ? "none is ready here" : version(answer));
        table.add("reason", text(answer, "reason"));
        table.add("why", text(answer, "why"));
        table.add("bucket", text(answer, "bucket") + ", group " + text(answer, "group"));
        table.add("header", "x-penstock-assignment: " + text(answer, "assignment"));
        return table.toString();
    }

    /// Without what is below a second.
    private static String seconds(String instant) {
        return instant.replaceAll("\\.[0-9]+Z$", "Z");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
