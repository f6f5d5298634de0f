package dev.penstock.server.rest;

import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelPage;
import java.util.List;

/// Shows the models of a server that has no record of them, so that nothing can be changed.
final class ShownModels implements AdminHandler {
    private final Catalog catalog;

    ShownModels(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        switch (target.route()) {
            case MODELS -> {
                List<ModelPage> pages = ModelPage.all(catalog.models(), List.of());
                exchange.respond(() -> Replies.ok(json -> ModelPages.writeAll(json, pages)));
            }
            case MODEL -> {
                ModelPage page = ModelPage.find(target.model(), catalog, null);
                exchange.respond(() -> Replies.ok(json -> ModelPages.write(json, page)));
            }
            default -> throw ModelAdmin.noRecord();
        }
    }
}
