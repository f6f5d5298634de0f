package dev.penstock.server.registry;

import dev.penstock.router.RouteTable;
import dev.penstock.server.admin.ModelStatus;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// All that the registry knows at one moment. Immutable: a change is a new one.
///
/// @param models by name
/// @param aliases by model, of models that are not there, too
/// @param awaited the models that were to be loaded at the start and do not serve yet
/// @param attempted whether all of those were tried
record Snapshot(
        SortedMap<String, ModelEntry> models, Map<String, Aliases> aliases, Set<String> awaited, boolean attempted) {
    static final Snapshot EMPTY = new Snapshot(new TreeMap<>(), Map.of(), Set.of(), false);

    Snapshot {
        models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
        aliases = Map.copyOf(aliases);
        awaited = Set.copyOf(awaited);
    }

    ModelEntry entry(String name) {
        ModelEntry entry = models.get(name);
        return entry == null ? ModelEntry.unknown(name) : entry;
    }

    Aliases aliasesOf(String model) {
        return aliases.getOrDefault(model, Aliases.NONE);
    }

    /// The model has the aliases that are known here, whatever it had before.
    Snapshot with(ModelEntry model) {
        SortedMap<String, ModelEntry> edited = new TreeMap<>(models);
        edited.put(model.name(), model.aliased(aliasesOf(model.name())));
        return new Snapshot(edited, aliases, awaited, attempted);
    }

    Snapshot without(String model) {
        SortedMap<String, ModelEntry> edited = new TreeMap<>(models);
        edited.remove(model);
        return new Snapshot(edited, aliases, awaited, attempted);
    }

    /// With other aliases of a model; none, and nothing is kept of it.
    Snapshot aliased(String model, Aliases next) {
        Map<String, Aliases> edited = new TreeMap<>(aliases);
        edited.put(model, next);
        edited.values().removeIf(Aliases.NONE::equals);
        Snapshot after = new Snapshot(models, edited, awaited, attempted);
        return models.containsKey(model) ? after.with(entry(model)) : after;
    }

    Snapshot awaiting(Set<String> names) {
        Set<String> more = new TreeSet<>(awaited);
        more.addAll(names);
        return new Snapshot(models, aliases, more, attempted);
    }

    Snapshot withoutAwaiting(String name) {
        Set<String> rest = new TreeSet<>(awaited);
        rest.remove(name);
        return new Snapshot(models, aliases, rest, attempted);
    }

    Snapshot afterAttempt() {
        return new Snapshot(models, aliases, awaited, true);
    }

    List<ModelStatus> statuses() {
        return models.values().stream().map(ModelEntry::status).toList();
    }

    RouteTable routes() {
        return RouteTable.of(models.values().stream().map(ModelEntry::route).toList());
    }
}
