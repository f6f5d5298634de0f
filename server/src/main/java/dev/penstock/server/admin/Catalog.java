package dev.penstock.server.admin;

import dev.penstock.router.split.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is served, as of now. Thread-safe; answers at once.
public interface Catalog {
    /// Whether the server wants traffic: all models that should be ready are, and it is not shutting down.
    boolean ready();

    /// Whether the server is shutting down: it still serves, but wants no more traffic.
    boolean stopping();

    /// Every model that is known, by name.
    List<ModelStatus> models();

    @Nullable
    ModelStatus model(String name);

    /// Where requests to that name go first which name no version: the default arm of a route, or null.
    default @Nullable Target routed(String name) {
        return null;
    }

    /// Has a version loaded that waits for somebody to ask for it, if it does. Does not wait for that.
    default void wake(String model, long version) {}
}
