package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.server.memory.Holding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Takes versions out of memory that were loaded on demand: all that are to leave or none, and none that is
/// in use. They go on serving, asleep. Confined to the loader thread.
final class Evictions {
    private static final System.Logger LOG = System.getLogger(Evictions.class.getName());

    private final ServingTable table;
    private final MemoryCounts counts;

    /// By the id of their share of the memory.
    private final Map<Long, LoadedVersion> awake = new HashMap<>();

    private final BiFunction<LoadedVersion, VersionEntry.Serving, SleepingVersion> asleep;
    private final Runnable stayed;

    /// @param asleep what a version is when it has left
    /// @param stayed told when versions were asleep in the routes, and are not any more
    Evictions(
            ServingTable table,
            MemoryCounts counts,
            BiFunction<LoadedVersion, VersionEntry.Serving, SleepingVersion> asleep,
            Runnable stayed) {
        this.table = table;
        this.counts = counts;
        this.asleep = asleep;
        this.stayed = stayed;
    }

    /// A version serves that may leave, unless it is pinned.
    @SuppressWarnings("FutureReturnValueIgnored") // taking it out cannot fail
    void add(VersionLaunch.Held held) {
        long id = held.share().id();
        awake.put(id, held.version());
        // Closed on this thread.
        held.version().closed().thenRun(() -> awake.remove(id));
    }

    /// Frees the memory of all of them before this returns.
    ///
    /// @return false if one is not idle any more; then all serve on as before
    boolean evict(List<Holding> leave) {
        List<LoadedVersion> leaving = leave.stream()
                .map(holding -> awake.get(holding.id()))
                .filter(Objects::nonNull)
                .toList();
        Map<ModelKey, VersionEntry> before = new HashMap<>();
        for (LoadedVersion one : leaving) {
            ModelKey key = one.key();
            VersionEntry entry = table.entry(key.name()).versions().get(key.version());
            if (entry != null && entry.serving() != null && entry.serving().version() == one) {
                before.put(key, entry);
            }
        }
        if (before.size() < leave.size()) {
            return false;
        }
        // Who reads the routes from here on has it loaded again; who read them before has a lease, or reads
        // them anew.
        Map<ModelKey, VersionEntry.Serving> sleeping = new HashMap<>();
        before.forEach((key, entry) -> sleeping.put(key, asleep(entry)));
        put(leaving, one -> entry(before, one).asleep(Objects.requireNonNull(sleeping.get(one.key()))));
        if (!claim(leaving)) {
            put(leaving, one -> entry(before, one));
            stay(sleeping.values());
            return false;
        }
        for (LoadedVersion one : leaving) {
            LOG.log(System.Logger.Level.INFO, "{0} leaves memory, which others need", one.key());
            one.closeClaimed();
            counts.evicted();
        }
        return true;
    }

    private VersionEntry.Serving asleep(VersionEntry before) {
        VersionEntry.Serving serving = Objects.requireNonNull(before.serving());
        SleepingVersion sleeping = asleep.apply(Objects.requireNonNull(serving.version()), serving);
        return new VersionEntry.Serving(null, sleeping, serving.settings(), serving.folder());
    }

    private static VersionEntry entry(Map<ModelKey, VersionEntry> entries, LoadedVersion of) {
        return Objects.requireNonNull(entries.get(of.key()));
    }

    /// Who found them asleep need not wait until this thread has time again: loading others may take long.
    private void stay(Collection<VersionEntry.Serving> servings) {
        for (VersionEntry.Serving serving : servings) {
            if (serving.front() instanceof SleepingVersion sleeping) {
                sleeping.stays();
            }
        }
        stayed.run();
    }

    private void put(List<LoadedVersion> versions, Function<LoadedVersion, VersionEntry> entry) {
        String only = versions.size() == 1 ? versions.getFirst().key().name() : "";
        table.change(only, known -> {
            Snapshot next = known;
            for (LoadedVersion one : versions) {
                String model = one.key().name();
                next = next.with(next.entry(model).with(entry.apply(one)));
            }
            return next;
        });
    }

    private static boolean claim(List<LoadedVersion> versions) {
        List<LoadedVersion> claimed = new ArrayList<>();
        for (LoadedVersion one : versions) {
            if (!one.tryClaim()) {
                claimed.forEach(LoadedVersion::letBack);
                return false;
            }
            claimed.add(one);
        }
        return true;
    }
}
