package dev.penstock.router;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which version answers whom. Immutable: an edit is a new table.
public final class RouteTable {
    public static final RouteTable EMPTY = new RouteTable(Map.of(), Map.of());

    private final Map<String, ModelRoute> routes;

    /// By how callers write them, such as `digits@canary`: a request looks one up and takes nothing apart.
    private final Map<String, AliasRoute> aliases;

    private record AliasRoute(ModelRoute route, String alias, AliasTarget target) {}

    private RouteTable(Map<String, ModelRoute> routes, Map<String, AliasRoute> aliases) {
        this.routes = routes;
        this.aliases = aliases;
    }

    /// @throws IllegalStateException if two routes have one name
    public static RouteTable of(Collection<ModelRoute> routes) {
        Map<String, AliasRoute> aliases = new HashMap<>();
        for (ModelRoute route : routes) {
            route.aliases()
                    .forEach((alias, target) -> aliases.put(
                            route.name() + AliasTarget.SEPARATOR + alias, new AliasRoute(route, alias, target)));
        }
        return new RouteTable(
                routes.stream().collect(Collectors.toUnmodifiableMap(ModelRoute::name, route -> route)),
                Map.copyOf(aliases));
    }

    /// Finds who answers.
    ///
    /// @param model its name, or `model@alias`
    /// @param version as the caller wrote it: a positive integer, or "" for the alias's, else for that of
    ///     `stable` or, if there is none, the newest ready one
    /// @throws ServingException with [ErrorCode#NOT_FOUND], [ErrorCode#NOT_READY] or, for a version that is no
    ///     number or stands beside an alias, [ErrorCode#INVALID_ARGUMENT]
    public VersionHandle resolve(String model, String version) {
        @Nullable ModelRoute route = routes.get(model);
        if (route != null) {
            return version.isEmpty() ? route.standard() : route.exactly(VersionText.parse(model, version));
        }
        @Nullable AliasRoute aliased = aliases.get(model);
        if (aliased == null) {
            throw unknown(model);
        }
        VersionText.refuseBesideAlias(model, version);
        return aliased.route().behind(aliased.alias(), aliased.target());
    }

    private ServingException unknown(String address) {
        int at = address.lastIndexOf(AliasTarget.SEPARATOR);
        @Nullable ModelRoute route = at < 0 ? null : routes.get(address.substring(0, at));
        return route == null
                ? new ServingException(ErrorCode.NOT_FOUND, "Request for unknown model: '" + address + "' is not found")
                : AliasTarget.unknown(address, route.aliases().keySet());
    }
}
