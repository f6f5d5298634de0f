package dev.penstock.router;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.SplitRoute;
import dev.penstock.router.split.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which version answers whom. Immutable: an edit is a new table, and costs about the same however many models
/// there are.
public final class RouteTable {
    public static final RouteTable EMPTY =
            new RouteTable(NameMap.empty(), NameMap.empty(), NameMap.empty(), ArmObservers.NONE);

    private final NameMap<ModelRoute> routes;

    /// By how callers write them, such as `digits@canary`: a request looks one up and takes nothing apart.
    private final NameMap<AliasRoute> aliases;

    /// By public name, each bound to who answers in this table.
    private final NameMap<BoundRoute> splits;

    private final ArmObservers observers;

    private record AliasRoute(ModelRoute route, String alias, AliasTarget target) {}

    private RouteTable(
            NameMap<ModelRoute> routes,
            NameMap<AliasRoute> aliases,
            NameMap<BoundRoute> splits,
            ArmObservers observers) {
        this.routes = routes;
        this.aliases = aliases;
        this.splits = splits;
        this.observers = observers;
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
        return new RouteTable(rest.routes.with(route.name(), route), more, splits, observers).bindAgain(route.name());
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
        return new RouteTable(routes.without(model), rest, splits, observers).bindAgain(model);
    }

    /// With these routes in the place of all there were, bound to who answers in this table.
    ///
    /// @param observer told of what becomes of the requests of their arms
    /// @throws IllegalStateException if two of them have one name
    public RouteTable withRoutes(Collection<RouteSpec> specs, ArmObservers observer) {
        List<SplitRoute> made = new ArrayList<>();
        for (RouteSpec spec : specs) {
            @Nullable BoundRoute known = splits.get(spec.name());
            made.add(known != null && known.split().spec().equals(spec) ? known.split() : SplitRoute.of(spec));
        }
        return withSplits(made, observer);
    }

    /// The same with routes that are made already.
    public RouteTable withSplits(Collection<SplitRoute> made, ArmObservers observer) {
        NameMap<BoundRoute> bound = NameMap.empty();
        for (SplitRoute split : made) {
            if (bound.contains(split.name())) {
                throw new IllegalStateException("two routes are named " + split.name());
            }
            bound = bound.with(split.name(), BoundRoute.of(split, this::find, observer));
        }
        return new RouteTable(routes, aliases, bound, observer);
    }

    /// With the routes of another table, bound to who answers in this one.
    public RouteTable withRoutesOf(RouteTable other) {
        NameMap<BoundRoute> bound = NameMap.empty();
        for (BoundRoute route : other.splits.values()) {
            bound = bound.with(route.name(), BoundRoute.of(route.split(), this::find, other.observers));
        }
        return new RouteTable(routes, aliases, bound, other.observers);
    }

    /// The same with those routes bound anew that lead to a model which has changed.
    private RouteTable bindAgain(String model) {
        NameMap<BoundRoute> bound = splits;
        for (BoundRoute route : splits.values()) {
            if (route.leadsTo(model)) {
                bound = bound.with(route.name(), BoundRoute.of(route.split(), this::find, observers));
            }
        }
        return new RouteTable(routes, aliases, bound, observers);
    }

    private @Nullable VersionHandle find(Target target) {
        try {
            return resolve(target);
        } catch (ServingException e) {
            return null;
        }
    }

    /// Finds who answers for an arm: models only, so that no route leads to itself.
    private VersionHandle resolve(Target target) {
        return resolveModel(target.address(), target.versionText());
    }

    /// The route of that name, or null. Requests that name a version or an alias do not take it.
    public @Nullable BoundRoute route(String name) {
        return splits.isEmpty() ? null : splits.get(name);
    }

    /// Lower-case names of the headers that routes look at.
    public List<String> headers() {
        return splits.values().stream()
                .flatMap(route -> route.split().headers().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /// In no order.
    public List<BoundRoute> routes() {
        return splits.values();
    }

    private static String address(ModelRoute route, String alias) {
        return route.name() + AliasTarget.SEPARATOR + alias;
    }

    /// Finds who answers; of a route, who answers for its default arm.
    ///
    /// @param model its name, or `model@alias`
    /// @param version as the caller wrote it: a positive integer, or "" for the alias's, else for that of
    ///     `stable` or, if there is none, the newest ready one
    /// @throws ServingException with [ErrorCode#NOT_FOUND], [ErrorCode#NOT_READY] or, for a version that is
    ///     no number or stands beside an alias, [ErrorCode#INVALID_ARGUMENT]
    public VersionHandle resolve(String model, String version) {
        @Nullable BoundRoute split = version.isEmpty() ? route(model) : null;
        return split == null
                ? resolveModel(model, version)
                : resolve(split.split().spec().standard().target());
    }

    private VersionHandle resolveModel(String model, String version) {
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
        if (splits.contains(address)) {
            return new ServingException(
                    ErrorCode.NOT_FOUND,
                    "Request for unknown model: '%s' is a route, which has no versions of its own".formatted(address));
        }
        int at = address.lastIndexOf(AliasTarget.SEPARATOR);
        @Nullable ModelRoute route = at < 0 ? null : routes.get(address.substring(0, at));
        return route == null
                ? new ServingException(ErrorCode.NOT_FOUND, "Request for unknown model: '" + address + "' is not found")
                : AliasTarget.unknown(address, route.aliases().keySet());
    }
}
