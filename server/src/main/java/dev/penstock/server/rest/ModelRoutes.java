package dev.penstock.server.rest;

import dev.penstock.core.Signature;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionStatus;
import java.util.List;

/// Tells what models there are, whether they serve, and what they take.
final class ModelRoutes {
    private final Catalog catalog;
    private final ModelLookup lookup;

    ModelRoutes(Catalog catalog) {
        this.catalog = catalog;
        this.lookup = new ModelLookup(catalog);
    }

    void list(HttpExchange exchange) {
        List<ModelStatus> models = catalog.models();
        exchange.respond(() -> Replies.ok(json -> {
            json.writeStartObject().writeArrayPropertyStart("models");
            for (ModelStatus model : models) {
                json.writeString(model.name());
            }
            json.writeEndArray().writeEndObject();
        }));
    }

    void ready(HttpExchange exchange, Route route) {
        ModelStatus model = find(exchange, route).model();
        exchange.respond(() -> Replies.ok(json -> json.writeStartObject()
                .writeStringProperty("name", model.name())
                .writeBooleanProperty("ready", true)
                .writeEndObject()));
    }

    void metadata(HttpExchange exchange, Route route) {
        ModelLookup.Found found = find(exchange, route);
        ModelStatus model = found.model();
        VersionStatus version = found.version();
        Signature signature = lookup.signature(model, version);
        exchange.respond(
                () -> Replies.ok(json -> MetadataJson.writeModel(json, model, version, signature, found.chosen())));
    }

    void config(HttpExchange exchange, Route route) {
        ModelLookup.Found found = find(exchange, route);
        ModelConfig config = lookup.config(found.model(), found.version());
        exchange.respond(() -> Replies.ok(json -> ConfigJson.write(json, config)));
    }

    /// In the words of TensorFlow Serving, and of KServe's V1.
    void status(HttpExchange exchange, Route route) {
        exchange.about(route.model(), ModelLookup.asked(route.version()));
        ModelLookup.Known known = lookup.known(route.model(), route.version());
        exchange.respond(() -> Replies.ok(json -> SignatureJson.writeStatus(json, route.model(), known)));
    }

    /// In the words of TensorFlow Serving.
    void signatures(HttpExchange exchange, Route route) {
        ModelLookup.Found found = find(exchange, route);
        Signature signature = lookup.signature(found.model(), found.version());
        exchange.respond(() -> Replies.ok(json -> SignatureJson.write(json, found, signature)));
    }

    /// The version that is meant, if it serves. The answer names what was asked for, and what was found.
    private ModelLookup.Found find(HttpExchange exchange, Route route) {
        exchange.about(route.model(), ModelLookup.asked(route.version()));
        ModelLookup.Found found = lookup.find(route.model(), route.version());
        exchange.about(route.model(), found.version().version());
        return found;
    }
}
