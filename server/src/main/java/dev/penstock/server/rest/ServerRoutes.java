package dev.penstock.server.rest;

import dev.penstock.server.admin.Catalog;
import tools.jackson.core.JsonGenerator;

/// Says how the server is, and what the admin port knows.
final class ServerRoutes implements AdminHandler {
    private final Catalog catalog;

    ServerRoutes(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        switch (target.route()) {
            case HEALTH -> exchange.respond(() -> Replies.ok(this::writeHealth));
            case DOCUMENT -> exchange.respond(AdminDocument::reply);
            default -> throw target.misplaced();
        }
    }

    private void writeHealth(JsonGenerator json) {
        json.writeStartObject()
                .writeStringProperty("status", "alive")
                .writeBooleanProperty("ready", catalog.ready())
                .writeEndObject();
    }
}
