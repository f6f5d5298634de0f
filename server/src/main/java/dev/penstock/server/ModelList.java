package dev.penstock.server;

import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the admin API says about the models.
record ModelList(JsonNode models) {
    /// @throws tools.jackson.core.JacksonException if it is not JSON
    static ModelList parse(String json) {
        return new ModelList(JsonMapper.shared().readTree(json).path("models"));
    }

    /// A line for each version, and one for each warning below.
    String table() {
        TextTable table = TextTable.withHeader("MODEL", "VERSION", "STATE", "DEVICE", "INPUTS", "OUTPUTS", "REASON");
        StringBuilder warnings = new StringBuilder();
        for (JsonNode model : models) {
            addTo(table, model);
            for (JsonNode warning : model.path("warnings")) {
                warnings.append("warning: ").append(text(model, "name")).append(": ");
                warnings.append(warning.asString("")).append('\n');
            }
        }
        return models.isEmpty() ? "no models\n" : table.toString() + warnings;
    }

    private static void addTo(TextTable table, JsonNode model) {
        if (model.path("versions").isEmpty()) {
            table.add(text(model, "name"), "-", "UNAVAILABLE", "-", "-", "-", text(model, "reason"));
        }
        for (JsonNode version : model.path("versions")) {
            table.add(
                    text(model, "name"),
                    text(version, "version"),
                    text(version, "state"),
                    text(version, "device"),
                    tensors(version.path("inputs")),
                    tensors(version.path("outputs")),
                    text(version, "reason"));
        }
    }

    private static String tensors(JsonNode tensors) {
        String list = StreamSupport.stream(tensors.spliterator(), false)
                .map(tensor -> text(tensor, "name") + " " + text(tensor, "datatype") + shape(tensor.path("shape")))
                .collect(Collectors.joining(", "));
        return list.isEmpty() ? "-" : list;
    }

    private static String shape(JsonNode shape) {
        return StreamSupport.stream(shape.spliterator(), false)
                .map(dimension -> dimension.asString(""))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
