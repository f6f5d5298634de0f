package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.RolloutEvent;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.RouteDraft;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Records where a rollout is and its route as that is wanted, then tells of what is recorded. Its owner's
/// lock is held; blocks on the record.
final class DriveWriter {
    /// How often counts are recorded that decide nothing, and how long nothing is written after that failed:
    /// who waits for a record that does not answer judges nobody.
    private static final Duration KEEP = Duration.ofSeconds(5);

    private final Around around;
    private final Watch watch;
    private final RecordRest rest;
    private final Counting counting;
    private final Announcer announcer;

    DriveWriter(Around around, Watch watch, RecordRest rest, Counting counting, Announcer announcer) {
        this.around = around;
        this.watch = watch;
        this.rest = rest;
        this.counting = counting;
        this.announcer = announcer;
    }

    /// Whether nothing is written of it now, as that has just failed.
    boolean isResting(Drive drive) {
        return !rest.mayWrite() || around.up().millis() < drive.retryMillis;
    }

    /// Writes what there is to be written, if that may be tried now.
    ///
    /// @param route as it is read
    void settle(Drive drive, Optional<RouteRecord> route) {
        if (isResting(drive)) {
            if (drive.waitsFor.isEmpty() && !drive.unwritten.isEmpty()) {
                drive.waitsFor = rest.why();
            }
            return;
        }
        if (!drive.unwritten.isEmpty()
                || wanted(drive, drive.state, route).isPresent()
                || !around.drives(drive.record)) {
            write(drive, drive.state, List.copyOf(drive.unwritten), around.server(), route, drive.record.actor());
        } else if (!drive.toTell.isEmpty() || around.up().millis() - drive.keptMillis >= KEEP.toMillis()) {
            keep(drive);
        }
    }

    private void keep(Drive drive) {
        List<Notice> told = drive.toTell;
        RolloutState counted = drive.attempted(drive.state, counting.outbox(drive), told);
        RolloutRecord next = drive.record.with(drive.stateJson(counted, List.of()));
        RolloutRecord kept = orLater(drive, () -> around.records().keep(next, List.of()));
        drive.written(kept, counted, List.of(), around.up().millis());
        announce(drive, told);
    }

    /// @return nothing also of one that this release cannot read: whoever can writes it
    private Optional<RouteRecord> wanted(Drive drive, RolloutState state, Optional<RouteRecord> route) {
        Optional<RouteSpec> readable = route.flatMap(RouteJson::readable);
        if (readable.isEmpty()) {
            return Optional.empty();
        }
        RouteSpec routed = readable.get();
        RouteSpec wanted = drive.wanted(state, routed);
        return wanted.equals(routed) || !watch.isAliasThere(drive.spec, state, routed)
                ? Optional.empty()
                : Optional.of(RouteDraft.unchecked(wanted, route.get()));
    }

    /// @param owner who drives it from now on
    /// @param who for the audit log
    void write(
            Drive drive,
            RolloutState state,
            List<RolloutEvent> events,
            String owner,
            Optional<RouteRecord> route,
            String who) {
        boolean mine = owner.equals(around.server());
        List<Notice> news = drive.notices(events);
        List<Notice> all = drive.toTell(news);
        // Who does not drive it has counted nothing that is in it, and leaves it to who does to tell: the
        // answer may be lost, and whoever wrote it may be gone before it knows.
        RolloutState counted = mine ? drive.attempted(state, counting.outbox(drive), all) : state;
        List<Notice> left = mine ? List.of() : Drive.left(all);
        RolloutRecord next = drive.with(counted, owner, left);
        Optional<RouteRecord> wanted = wanted(drive, state, route);
        List<String> recorded = news.stream().map(Notice::data).toList();
        String action = Announcer.action(events);
        String detail = Announcer.detail(state);
        RouteStore.RolloutChange change =
                orLater(drive, () -> around.records().change(next, recorded, wanted, who, action, detail));
        drive.written(change.rollout(), counted, left, around.up().millis());
        if (mine) {
            announce(drive, all);
        }
    }

    /// @param told what is recorded
    void announce(Drive drive, List<Notice> told) {
        told.forEach(notice -> announcer.tell(drive, notice));
    }

    private <T> T orLater(Drive drive, Supplier<T> writing) {
        try {
            T written = writing.get();
            rest.written();
            return written;
        } catch (ServingException e) {
            throw later(drive, e);
        }
    }

    /// Nothing more of it is written for a while.
    ServingException later(Drive drive, ServingException cause) {
        rest.writeFailed(cause);
        drive.retryMillis = around.up().millis() + KEEP.toMillis();
        return cause;
    }
}
