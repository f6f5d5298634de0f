package dev.penstock.server.registry;

import dev.penstock.router.RouteTable;
import dev.penstock.server.admin.ModelStatus;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// All that the registry knows at one moment. Immutable: a change is a new one.
///
/// @param models by name
/// @param awaited the models that were to be loaded at the start and do not serve yet
/// @param attempted whether all of those were tried
record Snapshot(SortedMap<String, ModelEntry> models, Set<String> awaited, boolean attempted) {
    static final Snapshot EMPTY = new Snapshot(new TreeMap<>(), Set.of(), false);

    Snapshot {
        models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
        awaited = Set.copyOf(awaited);
    }

    ModelEntry entry(String name) {
        ModelEntry entry = models.get(name);
        return entry == null ? ModelEntry.unknown(name) : entry;
    }

    Snapshot with(ModelEntry model) {
        SortedMap<String, ModelEntry> edited = new TreeMap<>(models);
        edited.put(model.name(), model);
        return new Snapshot(edited, awaited, attempted);
    }

    Snapshot awaiting(Set<String> names) {
        return new Snapshot(models, names, attempted);
    }

    Snapshot withoutAwaiting(String name) {
        Set<String> rest = new TreeSet<>(awaited);
        rest.remove(name);
        return new Snapshot(models, rest, attempted);
    }

    Snapshot afterAttempt() {
        return new Snapshot(models, awaited, true);
    }

    List<ModelStatus> statuses() {
        return models.values().stream().map(ModelEntry::status).toList();
    }

    RouteTable routes() {
        return RouteTable.of(models.values().stream().map(ModelEntry::route).toList());
    }
}
