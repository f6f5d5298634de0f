package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Wish;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The rollouts that are not over, as this server knows them by the record. Not thread-safe: its owner's lock
/// is held.
final class Drives {
    private static final System.Logger LOG = System.getLogger(Drives.class.getName());

    private final Around around;
    private final Driver driver;
    private final Map<String, Drive> byId = new HashMap<>();

    /// Those that the log has told of, as they cannot be read.
    private final Set<String> unreadable = new HashSet<>();

    Drives(Around around, Driver driver) {
        this.around = around;
        this.driver = driver;
    }

    List<Drive> all() {
        return List.copyOf(byId.values());
    }

    @Nullable
    Drive get(String id) {
        return byId.get(id);
    }

    /// One that a person has seen that much of: what another server has told of it since it was read is read
    /// first.
    ///
    /// @param seen the number of an event, or [Wish#ALL]
    /// @return null if it is not there
    /// @throws ServingException if this release cannot read it
    @Nullable
    Drive asSeen(String id, long seen) {
        Drive known = byId.get(id);
        return known == null || isBehind(known, seen) ? reread(id) : known;
    }

    private boolean isBehind(Drive known, long seen) {
        return seen != Wish.ALL && seen > known.state.events() && !driver.isMine(known);
    }

    /// Whether another server drives any of them, which changes it without a word.
    boolean hasOthers() {
        return byId.values().stream().anyMatch(drive -> !driver.isMine(drive));
    }

    /// It is new, and written by this server.
    void add(Drive begun) {
        begun.keptMillis = around.up().millis();
        byId.put(begun.record.id(), begun);
    }

    /// Whoever ended it, arms have what is recorded again, which is nothing at first.
    void end(Drive drive) {
        byId.remove(drive.record.id());
        around.gates().forget(drive.record.id());
        around.sight().compares(drive.spec.route(), Set.of(), 0);
        driver.holding().release(drive);
    }

    /// Reads those that run, and what became of those that did.
    ///
    /// @param mine those that this server drives, too: somebody may have acted on them
    void read(boolean mine) {
        Collection<String> running = around.records().read(RouteStore::running).values();
        Set<String> ids = new TreeSet<>(running);
        ids.addAll(byId.keySet());
        if (!mine) {
            ids.removeIf(this::isMine);
        }
        Map<String, RolloutRecord> found = around.records().read(store -> read(store, ids));
        for (String id : ids) {
            learn(id, found.get(id));
        }
    }

    private static Map<String, RolloutRecord> read(RouteStore store, Set<String> ids) {
        Map<String, RolloutRecord> found = new HashMap<>();
        ids.forEach(id -> store.rollout(id).ifPresent(record -> found.put(id, record)));
        return found;
    }

    private boolean isMine(String id) {
        Drive known = byId.get(id);
        return known != null && driver.isMine(known);
    }

    private void learn(String id, @Nullable RolloutRecord record) {
        Drive known = byId.get(id);
        if (record == null) {
            forget(known);
        } else if (known == null ? !record.isOver() : known.record.ticks() != record.ticks()) {
            put(record, known);
        }
    }

    /// Reads one that somebody else wrote. One that is over, and that nobody looks after here, stays so.
    ///
    /// @return null if it is not there
    /// @throws ServingException if this release cannot read it
    @Nullable
    Drive reread(String id) {
        RolloutRecord record = around.records().read(store -> store.rollout(id)).orElse(null);
        Drive known = byId.get(id);
        if (record == null) {
            forget(known);
            return null;
        }
        if (known == null && record.isOver()) {
            return over(record);
        }
        put(record, known);
        Drive drive = byId.get(id);
        if (drive == null) {
            throw unreadable(id);
        }
        drive.unsure = true;
        return drive;
    }

    /// @throws ServingException if this release cannot read it
    private static Drive over(RolloutRecord record) {
        try {
            return Drive.writable(record);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "rollout " + record.id() + " cannot be read", e);
            throw unreadable(record.id());
        }
    }

    private static ServingException unreadable(String id) {
        return new ServingException(
                ErrorCode.UNSUPPORTED,
                "rollout '%s' cannot be read, and is left to servers of the release that wrote it".formatted(id));
    }

    /// It ended while this server did not look, and was deleted; or others drive it, and this server does not
    /// understand them.
    private void forget(@Nullable Drive known) {
        if (known != null) {
            end(known);
        }
    }

    private void put(RolloutRecord record, @Nullable Drive known) {
        Drive next;
        try {
            next = known == null ? Drive.writable(record) : known.reread(record);
        } catch (RuntimeException e) {
            // Whatever is wrong with one, the others go on.
            if (unreadable.size() < Rollouts.MOST_TOLD && unreadable.add(record.id())) {
                LOG.log(System.Logger.Level.WARNING, "rollout {0} cannot be read: {1}", record.id(), e.toString());
            }
            forget(known);
            return;
        }
        boolean _ = unreadable.remove(record.id());
        // What is read once more as it was says of nobody that it still writes.
        next.keptMillis = known != null && known.record.ticks() == record.ticks()
                ? known.keptMillis
                : around.up().millis();
        byId.put(record.id(), next);
        if (known != null) {
            driver.writer().announce(next, known.untold(next.state));
        }
        driver.holding().holdAgain(next);
        if (known != null) {
            driver.holding().rearmIfLetGoOn(next, known.state.phase());
        }
    }
}
