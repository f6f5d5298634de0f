package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.server.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// Looks after all rollouts that are not over, again and again: reads what others wrote, brings each one on,
/// and has the lookout know. Not thread-safe: its owner's lock is held. Blocks on the record.
final class Rounds {
    private static final System.Logger LOG = System.getLogger(Rounds.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Around around;
    private final Driver driver;
    private final Drives drives;
    private final Lookout lookout;

    /// The record is not read before that, of [Around#up].
    private long readMillis;

    /// Whether it ever was.
    private boolean read;

    /// Whether it is to be read.
    private boolean unread;

    /// Whether the record was changed by somebody since, and could be read. Set by any thread.
    private final AtomicBoolean stale;

    Rounds(Around around, Driver driver, Drives drives, Lookout lookout, AtomicBoolean stale) {
        this.around = around;
        this.driver = driver;
        this.drives = drives;
        this.lookout = lookout;
        this.stale = stale;
    }

    /// Whatever becomes of one, the others go on.
    void make() {
        readIfDue();
        for (Drive known : drives.all()) {
            tick(known);
            Drive drive = drives.get(known.record.id());
            if (drive != null && drive.state.phase().isOver() && drive.unwritten.isEmpty()) {
                drives.end(drive);
            }
        }
        tellLookout();
    }

    private void readIfDue() {
        if (stale.getAndSet(false)) {
            // Perhaps it was asked before it was open.
            driver.rest().readable();
            readMillis = 0;
            unread = true;
        }
        boolean wanted = unread || drives.hasOthers();
        long now = around.up().millis();
        if (!wanted || now < readMillis || !driver.rest().mayRead()) {
            return;
        }
        try {
            drives.read(unread);
            unread = false;
            read = true;
        } catch (StoreException | ServingException e) {
            // What serves goes on as it is, and what is known is judged.
            unread = true;
            readMillis = around.up().millis() + PATIENCE.toMillis();
            if (e instanceof ServingException away) {
                driver.rest().readFailed(away);
            }
            // While a server starts, its record is still being opened; whoever opens it tells of what goes
            // wrong.
            System.Logger.Level level = read ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
            LOG.log(level, "rollouts: the record cannot be read: {0}", e.getMessage());
        }
    }

    private void tick(Drive drive) {
        String waited = drive.waitsFor;
        try {
            try {
                driver.counting().receive(drive);
                driver.tick(drive);
                driver.counting().send(drive);
            } catch (StoreException e) {
                // Somebody else wrote it: a person on another server, or who drives it now.
                stale.set(true);
                var _ = drives.reread(drive.record.id());
            }
        } catch (ServingException e) {
            drive.waitsFor = e.reason();
            // Each second says the same.
            boolean told = waited.equals(e.reason());
            LOG.log(
                    told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "rollout {0}: {1}",
                    drive.record.id(),
                    e.reason());
        } catch (RuntimeException e) {
            drive.waitsFor = "it cannot be looked after: " + e;
            LOG.log(System.Logger.Level.ERROR, "rollout " + drive.record.id() + " cannot be looked after", e);
        }
    }

    private void tellLookout() {
        List<Drive> mine = new ArrayList<>();
        Map<String, RolloutSpec> all = new HashMap<>();
        Map<String, List<String>> held = new HashMap<>();
        for (Drive drive : drives.all()) {
            all.put(drive.record.id(), drive.spec);
            held.put(drive.record.id(), List.copyOf(drive.held));
            if (driver.isMine(drive)) {
                mine.add(drive.copy());
            }
        }
        lookout.ticked(mine, all, held);
    }
}
