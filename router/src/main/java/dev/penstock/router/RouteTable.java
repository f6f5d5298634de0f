package dev.penstock.router;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which version answers whom. Immutable: an edit is a new table, and costs about the same however many models
/// there are.
public final class RouteTable {
    public static final RouteTable EMPTY = new RouteTable(NameMap.empty(), NameMap.empty());

    private final NameMap<ModelRoute> routes;

    /// By how callers write them, such as `digits@canary`: a request looks one up and takes nothing apart.
    private final NameMap<AliasRoute> aliases;

    private record AliasRoute(ModelRoute route, String alias, AliasTarget target) {}

    private RouteTable(NameMap<ModelRoute> routes, NameMap<AliasRoute> aliases) {
        this.routes = routes;
        this.aliases = aliases;
    }

    /// @throws IllegalStateException if two routes have one name
    public static RouteTable of(Collection<ModelRoute> routes) {
        RouteTable table = EMPTY;
        for (ModelRoute route : routes) {
            if (table.routes.contains(route.name())) {
                throw new IllegalStateException("two routes are named " + route.name());
            }
            table = table.with(route);
        }
        return table;
    }

    /// With that route in the place of the one of its name.
    public RouteTable with(ModelRoute route) {
        RouteTable rest = without(route.name());
        NameMap<AliasRoute> more = rest.aliases;
        for (Map.Entry<String, AliasTarget> alias : route.aliases().entrySet()) {
            AliasRoute target = new AliasRoute(route, alias.getKey(), alias.getValue());
            more = more.with(address(route, alias.getKey()), target);
        }
        return new RouteTable(rest.routes.with(route.name(), route), more);
    }

    public RouteTable without(String model) {
        ModelRoute route = routes.get(model);
        if (route == null) {
            return this;
        }
        NameMap<AliasRoute> rest = aliases;
        for (String alias : route.aliases().keySet()) {
            rest = rest.without(address(route, alias));
        }
        return new RouteTable(routes.without(model), rest);
    }

    private static String address(ModelRoute route, String alias) {
        return route.name() + AliasTarget.SEPARATOR + alias;
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
