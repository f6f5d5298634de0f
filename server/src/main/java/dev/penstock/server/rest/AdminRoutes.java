package dev.penstock.server.rest;

import dev.penstock.core.Signature;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The admin port, as far as it only shows: the models and how they are.
public final class AdminRoutes implements HttpHandler {
    private static final List<String> MODELS = List.of("api", "v1", "models");

    private final Catalog catalog;

    public AdminRoutes(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public void handle(HttpExchange exchange) {
        List<String> path = PathSegments.split(exchange.path());
        boolean health = path.equals(List.of("health"));
        boolean all = path.equals(MODELS);
        boolean one = path.size() == MODELS.size() + 1
                && path.subList(0, MODELS.size()).equals(MODELS);
        if (!health && !all && !one) {
            exchange.respond(Replies::notFound);
        } else if (!exchange.isRead()) {
            exchange.respond(() -> Replies.methodNotAllowed("GET, HEAD"));
        } else if (health) {
            exchange.respond(() -> Replies.ok(this::writeHealth));
        } else if (all) {
            List<ModelStatus> models = catalog.models();
            exchange.respond(() -> Replies.ok(json -> writeModels(json, models)));
        } else {
            Routes.checkName(path.getLast());
            exchange.about(path.getLast(), 0);
            ModelStatus model = new ModelLookup(catalog).model(path.getLast());
            exchange.respond(() -> Replies.ok(json -> writeModel(json, model)));
        }
    }

    private void writeHealth(JsonGenerator json) {
        json.writeStartObject()
                .writeStringProperty("status", "alive")
                .writeBooleanProperty("ready", catalog.ready())
                .writeEndObject();
    }

    private static void writeModels(JsonGenerator json, List<ModelStatus> models) {
        json.writeStartObject().writeArrayPropertyStart("models");
        for (ModelStatus model : models) {
            writeModel(json, model);
        }
        json.writeEndArray().writeEndObject();
    }

    private static void writeModel(JsonGenerator json, ModelStatus model) {
        json.writeStartObject().writeStringProperty("name", model.name());
        if (!model.reason().isEmpty()) {
            json.writeStringProperty("reason", model.reason());
        }
        json.writeArrayPropertyStart("warnings");
        for (String warning : model.warnings()) {
            json.writeString(warning);
        }
        json.writeEndArray().writeArrayPropertyStart("versions");
        for (VersionStatus version : model.versions()) {
            writeVersion(json, version);
        }
        json.writeEndArray().writeEndObject();
    }

    private static void writeVersion(JsonGenerator json, VersionStatus version) {
        json.writeStartObject()
                .writeNumberProperty("version", version.version())
                .writeStringProperty("state", version.state().name())
                .writeStringProperty("reason", version.reason())
                .writeStringProperty("device", version.device().toString());
        @Nullable Signature signature = version.signature();
        if (signature != null) {
            MetadataJson.writeInputs(json, signature.inputs());
            MetadataJson.writeOutputs(json, signature.outputs());
            json.writeNumberProperty("max_batch_size", signature.maxBatchSize());
            json.writeArrayPropertyStart("remarks");
            version.remarks().forEach(json::writeString);
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
