package dev.penstock.server.admin;

import dev.penstock.router.Router;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is served, and the routes in front of it.
public record RoutedCatalog(Catalog catalog, Router router) implements Catalog {
    @Override
    public boolean ready() {
        return catalog.ready();
    }

    @Override
    public boolean stopping() {
        return catalog.stopping();
    }

    @Override
    public List<ModelStatus> models() {
        return catalog.models();
    }

    @Override
    public @Nullable ModelStatus model(String name) {
        return catalog.model(name);
    }

    @Override
    public @Nullable Target routed(String name) {
        @Nullable BoundRoute route = router.table().route(name);
        return route == null ? null : route.split().spec().standard().target();
    }

    @Override
    public void wake(String model, long version) {
        catalog.wake(model, version);
    }
}
