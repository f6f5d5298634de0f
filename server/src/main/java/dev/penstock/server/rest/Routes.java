package dev.penstock.server.rest;

import dev.penstock.core.ModelName;
import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the paths of the inference port. A path matches as a whole or not at all. Pure.
final class Routes {
    private Routes() {}

    /// @param path percent-encoded, without the query
    /// @return what it addresses, or null if there is no such route
    /// @throws ServingException if it addresses a model by what cannot be a name
    static @Nullable Route find(String path) {
        if (path.equals("/")) {
            return Route.of(Route.Kind.ALIVE);
        }
        List<String> segments = PathSegments.split(path);
        if (segments.getFirst().equals("v1")) {
            return PredictPaths.find(segments.subList(1, segments.size()));
        }
        if (segments.equals(List.of("api", "v1", "feedback"))) {
            return Route.of(Route.Kind.FEEDBACK);
        }
        if (!segments.getFirst().equals("v2")) {
            return null;
        }
        List<String> rest = segments.subList(1, segments.size());
        if (rest.isEmpty()) {
            return Route.of(Route.Kind.SERVER);
        }
        List<String> tail = rest.subList(1, rest.size());
        return switch (rest.getFirst()) {
            case "health" -> health(tail);
            case "models" -> models(tail);
            case "repository" -> repository(tail);
            case "trace" -> tail.equals(List.of("setting")) ? Route.later("the trace extension") : null;
            case "logging" -> tail.isEmpty() ? Route.later("the logging extension") : null;
            case "systemsharedmemory", "cudasharedmemory" -> Route.later("the shared memory extension");
            default -> null;
        };
    }

    private static @Nullable Route health(List<String> rest) {
        if (rest.size() != 1) {
            return null;
        }
        return switch (rest.getFirst()) {
            case "live" -> Route.of(Route.Kind.LIVE);
            case "ready" -> Route.of(Route.Kind.READY);
            default -> null;
        };
    }

    private static @Nullable Route models(List<String> rest) {
        if (rest.isEmpty()) {
            return Route.of(Route.Kind.MODELS);
        }
        if (rest.equals(List.of("stats"))) {
            return Route.later("the statistics extension");
        }
        String model = rest.getFirst();
        boolean versioned = rest.size() >= 3 && rest.get(1).equals("versions");
        String version = versioned ? rest.get(2) : "";
        List<String> tail = rest.subList(versioned ? 3 : 1, rest.size());
        Route route = ofModel(model, version, tail.isEmpty() ? "" : "/" + String.join("/", tail));
        if (route != null) {
            checkAddress(model);
        }
        return route;
    }

    private static @Nullable Route ofModel(String model, String version, String what) {
        return switch (what) {
            case "" -> Route.of(Route.Kind.MODEL, model, version);
            case "/ready" -> Route.of(Route.Kind.MODEL_READY, model, version);
            case "/config" -> Route.of(Route.Kind.MODEL_CONFIG, model, version);
            case "/infer" -> Route.of(Route.Kind.INFER, model, version);
            case "/stats" -> Route.later("the statistics extension");
            case "/generate", "/generate_stream" -> Route.later("the generate extension");
            case "/trace/setting" -> version.isEmpty() ? Route.later("the trace extension") : null;
            default -> null;
        };
    }

    private static @Nullable Route repository(List<String> rest) {
        if (rest.equals(List.of("index"))) {
            return Route.of(Route.Kind.INDEX);
        }
        if (rest.size() == 3 && rest.getFirst().equals("models")) {
            return control(rest.get(1), rest.get(2));
        }
        boolean index = rest.size() == 2 && rest.get(1).equals("index");
        boolean models = rest.size() == 4 && rest.get(1).equals("models");
        boolean named = index || (models && control(rest.get(2), rest.get(3)) != null);
        return named ? Route.later("the 'repository_name' specification") : null;
    }

    private static @Nullable Route control(String model, String verb) {
        if (!verb.equals("load") && !verb.equals("unload")) {
            return null;
        }
        checkName(model);
        return Route.of(verb.equals("load") ? Route.Kind.LOAD : Route.Kind.UNLOAD, model, "");
    }

    static void checkAddress(String model) {
        if (!ModelName.isAddress(model)) {
            checkName(model);
        }
    }

    static void checkName(String model) {
        if (!ModelName.isValid(model)) {
            throw ServingException.invalid(
                    "model name: '%s' (expected: 1 to 255 bytes of UTF-8 without '/', '\\', '@' and control characters)"
                            .formatted(HeaderText.quote(model)));
        }
    }
}
