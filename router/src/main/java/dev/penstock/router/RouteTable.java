package dev.penstock.router;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which version answers whom. Immutable: an edit is a new table.
public final class RouteTable {
    public static final RouteTable EMPTY = new RouteTable(Map.of());

    private final Map<String, ModelRoute> routes;

    private RouteTable(Map<String, ModelRoute> routes) {
        this.routes = routes;
    }

    /// @throws IllegalStateException if two routes have one name
    public static RouteTable of(Collection<ModelRoute> routes) {
        return new RouteTable(routes.stream().collect(Collectors.toUnmodifiableMap(ModelRoute::name, route -> route)));
    }

    /// Finds who answers.
    ///
    /// @param version as the caller wrote it: "" for the newest ready one, else a positive integer
    /// @throws ServingException with [ErrorCode#NOT_FOUND], [ErrorCode#NOT_READY] or, for a version that is no
    ///     number, [ErrorCode#INVALID_ARGUMENT]
    public VersionHandle resolve(String model, String version) {
        @Nullable ModelRoute route = routes.get(model);
        if (route == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "Request for unknown model: '" + model + "' is not found");
        }
        return version.isEmpty() ? route.newest() : route.exactly(VersionText.parse(model, version));
    }
}
