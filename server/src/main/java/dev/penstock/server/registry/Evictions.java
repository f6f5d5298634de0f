package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.server.memory.Holding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// Takes versions out of memory that were loaded on demand: all that are to leave or none, and none that is in use.
/// They go on serving, asleep. Confined to the loader thread.
final class Evictions {
    private static final System.Logger LOG = System.getLogger(Evictions.class.getName());

    private final ServingTable table;
    private final MemoryCounts counts;

    /// By the id of their share of the memory.
    private final Map<Long, Awake> awake = new HashMap<>();

    /// @param asleep what it is when it has left
    private record Awake(LoadedVersion version, SleepingVersion asleep) {}

    Evictions(ServingTable table, MemoryCounts counts) {
        this.table = table;
        this.counts = counts;
    }

    /// A version serves that may leave.
    @SuppressWarnings("FutureReturnValueIgnored") // taking it out cannot fail
    void add(VersionLaunch.Held held, SleepingVersion asleep) {
        long id = held.share().id();
        awake.put(id, new Awake(held.version(), asleep));
        // Closed on this thread.
        held.version().closed().thenRun(() -> awake.remove(id));
    }

    /// Frees the memory of all of them before this returns.
    ///
    /// @return false if one is not idle any more; then all serve on as before
    boolean evict(List<Holding> leave) {
        List<Awake> leaving = leave.stream()
                .map(holding -> awake.get(holding.id()))
                .filter(Objects::nonNull)
                .toList();
        Map<ModelKey, VersionEntry> before = new HashMap<>();
        for (Awake one : leaving) {
            ModelKey key = one.version().key();
            VersionEntry entry = table.entry(key.name()).versions().get(key.version());
            if (entry != null && entry.serving() != null && entry.serving().version() == one.version()) {
                before.put(key, entry);
            }
        }
        if (before.size() < leave.size()) {
            return false;
        }
        // Who reads the routes from here on has it loaded again; who read them before has a lease, or reads them anew.
        put(leaving, one -> asleep(one, Objects.requireNonNull(before.get(one.version().key()))));
        if (!claim(leaving)) {
            put(leaving, one -> Objects.requireNonNull(before.get(one.version().key())));
            return false;
        }
        for (Awake one : leaving) {
            LOG.log(System.Logger.Level.INFO, "{0} leaves memory, which others need", one.version().key());
            one.version().closeClaimed();
            counts.evicted();
        }
        return true;
    }

    private static VersionEntry asleep(Awake one, VersionEntry before) {
        VersionEntry.Serving serving = Objects.requireNonNull(before.serving());
        return before.asleep(new VersionEntry.Serving(null, one.asleep(), serving.settings(), serving.files()));
    }

    private void put(List<Awake> versions, Function<Awake, VersionEntry> entry) {
        table.change(known -> {
            Snapshot next = known;
            for (Awake one : versions) {
                String model = one.version().key().name();
                next = next.with(next.entry(model).with(entry.apply(one)));
            }
            return next;
        });
    }

    private static boolean claim(List<Awake> versions) {
        List<LoadedVersion> claimed = new ArrayList<>();
        for (Awake one : versions) {
            if (!one.version().tryClaim()) {
                claimed.forEach(LoadedVersion::letBack);
                return false;
            }
            claimed.add(one.version());
        }
        return true;
    }
}
