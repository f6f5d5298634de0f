package dev.penstock.server.rest;

import dev.penstock.router.AliasTarget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the paths of TensorFlow Serving and KServe's V1, `/v1/models/...`. Pure.
final class PredictPaths {
    private PredictPaths() {}

    /// @param path the segments behind `/v1`, decoded
    /// @return what it addresses, or null if there is no such route
    /// @throws dev.penstock.core.ServingException if it addresses a model by what cannot be a name
    static @Nullable Route find(List<String> path) {
        if (path.isEmpty() || !path.getFirst().equals("models")) {
            return null;
        }
        if (path.size() == 1) {
            return Route.of(Route.Kind.MODELS);
        }
        List<String> address = new ArrayList<>(path.subList(1, path.size()));
        String last = address.removeLast();
        boolean metadata = address.size() % 2 == 1 && last.equals("metadata");
        String verb = metadata ? "" : verb(last);
        if (!metadata) {
            address.addLast(last.substring(0, last.length() - verb.length()));
        }
        if (address.size() == 1) {
            return of(address.getFirst(), "", verb, metadata);
        }
        return switch (address.size() == 3 ? address.get(1) : "") {
            case "versions" -> of(address.getFirst(), address.getLast(), verb, metadata);
            case "labels" -> of(labelled(address.getFirst(), address.getLast()), "", verb, metadata);
            default -> null;
        };
    }

    /// What follows the address of a model, colon included, or "".
    private static String verb(String segment) {
        int colon = segment.lastIndexOf(':');
        String verb = colon < 0 ? "" : segment.substring(colon);
        return switch (verb) {
            case ":predict", ":classify", ":regress", ":explain" -> verb;
            default -> "";
        };
    }

    private static Route of(String model, String version, String verb, boolean metadata) {
        Routes.checkAddress(model);
        return switch (verb) {
            case "" -> Route.of(metadata ? Route.Kind.SIGNATURES : Route.Kind.STATUS, model, version);
            case ":predict" -> Route.of(Route.Kind.PREDICT, model, version);
            default -> Route.later("the verb '" + verb.substring(1) + "'");
        };
    }

    /// Labels are aliases.
    private static String labelled(String model, String label) {
        return model + AliasTarget.SEPARATOR + label;
    }
}
