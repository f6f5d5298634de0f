package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import dev.penstock.router.split.RequestFacts;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A request as far as routes look at it, of which somebody asks which arm it would get.
///
/// @param unit whose arm is asked for, wherever it is found; "" to have it found in the rest
/// @param headers by name
/// @param caller who asks; "" for nobody who says so
public record AssignOrder(
        String unit, Map<String, String> headers, Map<String, String> parameters, String caller, String requestId) {
    private static final List<String> KNOWN = List.of("unit", "headers", "parameters", "caller", "requestId");

    public AssignOrder {
        Map<String, String> lower = new HashMap<>();
        headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
        if (!caller.isEmpty()) {
            lower.put(RequestFacts.CALLER_HEADER, caller);
        }
        headers = Map.copyOf(lower);
        parameters = Map.copyOf(parameters);
    }

    /// @throws dev.penstock.core.ServingException if it is none
    public static AssignOrder read(JsonNode node) {
        Fields fields = Fields.of(node, KNOWN);
        return new AssignOrder(
                fields.text("unit", ""),
                texts(fields, "headers"),
                texts(fields, "parameters"),
                fields.text("caller", ""),
                fields.text("requestId", ""));
    }

    private static Map<String, String> texts(Fields fields, String name) {
        @Nullable JsonNode node = fields.get(name);
        Map<String, String> texts = new HashMap<>();
        if (node != null) {
            if (!node.isObject()) {
                throw Fields.invalid(FieldPath.of(name), Fields.shown(node), "an object of texts");
            }
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                FieldPath where = FieldPath.of(name).field(field.getKey());
                texts.put(field.getKey(), Fields.text(field.getValue(), where));
            }
        }
        return texts;
    }

    RequestFacts facts() {
        return new RequestFacts() {
            @Override
            public @Nullable CharSequence header(String name) {
                return headers.get(name);
            }

            @Override
            public @Nullable CharSequence parameter(String name) {
                return parameters.get(name);
            }

            @Override
            public @Nullable CharSequence requestId() {
                return requestId.isEmpty() ? RequestFacts.super.requestId() : requestId;
            }
        };
    }
}
