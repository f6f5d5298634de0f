package dev.penstock.server.registry;

import dev.penstock.router.NameMap;
import dev.penstock.router.RouteTable;
import dev.penstock.server.admin.ModelStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// All that the registry knows at one moment. Immutable: a change is a new one, which costs about the same
/// however many models there are.
///
/// @param models by name
/// @param routes what is published of them
/// @param aliases by model, of models that are not there, too
/// @param awaited the models that were to be loaded at the start and do not serve yet
/// @param attempted whether all of those were tried
record Snapshot(
        NameMap<ModelEntry> models,
        RouteTable routes,
        NameMap<Aliases> aliases,
        NameMap<Boolean> awaited,
        boolean attempted) {
    static final Snapshot EMPTY =
            new Snapshot(NameMap.empty(), RouteTable.EMPTY, NameMap.empty(), NameMap.empty(), false);

    ModelEntry entry(String name) {
        ModelEntry entry = models.get(name);
        return entry == null ? ModelEntry.unknown(name) : entry;
    }

    Aliases aliasesOf(String model) {
        @Nullable Aliases known = aliases.get(model);
        return known == null ? Aliases.NONE : known;
    }

    /// The model has the aliases that are known here, whatever it had before.
    Snapshot with(ModelEntry model) {
        ModelEntry edited = model.aliased(aliasesOf(model.name()));
        return new Snapshot(
                models.with(model.name(), edited), routes.with(edited.route()), aliases, awaited, attempted);
    }

    Snapshot without(String model) {
        return new Snapshot(models.without(model), routes.without(model), aliases, awaited, attempted);
    }

    /// With other aliases of a model; none, and nothing is kept of it.
    Snapshot aliased(String model, Aliases next) {
        NameMap<Aliases> edited = next.equals(Aliases.NONE) ? aliases.without(model) : aliases.with(model, next);
        Snapshot after = new Snapshot(models, routes, edited, awaited, attempted);
        return models.contains(model) ? after.with(entry(model)) : after;
    }

    /// With other routes before the same models.
    Snapshot rerouted(UnaryOperator<RouteTable> edit) {
        return new Snapshot(models, edit.apply(routes), aliases, awaited, attempted);
    }

    Snapshot awaiting(Set<String> names) {
        NameMap<Boolean> more = awaited;
        for (String name : names) {
            more = more.with(name, true);
        }
        return new Snapshot(models, routes, aliases, more, attempted);
    }

    boolean awaits(String model) {
        return awaited.contains(model);
    }

    Snapshot withoutAwaiting(String name) {
        return new Snapshot(models, routes, aliases, awaited.without(name), attempted);
    }

    Snapshot afterAttempt() {
        return new Snapshot(models, routes, aliases, awaited, true);
    }

    /// By name.
    List<ModelStatus> statuses() {
        List<ModelStatus> statuses = new ArrayList<>(models.size());
        for (ModelEntry entry : models.sorted().values()) {
            statuses.add(entry.status());
        }
        return statuses;
    }
}
