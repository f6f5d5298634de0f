package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.RouteDraft;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Takes arms of rollouts from their routes some time after these are over, so that versions that nobody asks
/// any more need not stay in memory. All servers that share a record try, and the first one does it. Of one
/// thread; blocks on the record.
final class Inspections {
    private static final System.Logger LOG = System.getLogger(Inspections.class.getName());
    private static final Duration LOOK = Duration.ofMinutes(1);

    private final Around around;
    private final RolloutMachine machine;
    private final Driver driver;

    /// Of [Around#up].
    private long nextMillis;

    Inspections(Around around, RolloutMachine machine, Driver driver) {
        this.around = around;
        this.machine = machine;
        this.driver = driver;
    }

    /// Looks at all routes once a minute; what does not work is tried again with the next look.
    void look() {
        long up = around.up().millis();
        if (up < nextMillis) {
            return;
        }
        nextMillis = up + LOOK.toMillis();
        long now = around.time().millis();
        try {
            for (RouteRecord route : around.records().known()) {
                look(route, now);
            }
        } catch (ServingException e) {
            // The record: with the next route there would be another wait for it.
            LOG.log(System.Logger.Level.WARNING, "arms of rollouts that are over stay for now: {0}", e.reason());
        }
    }

    private void look(RouteRecord route, long now) {
        Optional<RouteSpec> readable = RouteJson.readable(route);
        if (readable.isEmpty()) {
            return;
        }
        RouteSpec before = readable.get();
        if (RouteEdits.inspected(before).equals(before)) {
            return;
        }
        around.records()
                .read(store -> store.rollout(before.rollout()))
                .filter(RolloutRecord::isOver)
                .flatMap(Inspections::drive)
                .filter(last -> now >= untilMillis(last))
                .ifPresent(last -> write(last, route, before, last.inspected(before), now));
    }

    /// @return nothing of one that this release cannot read: nobody knows how long its arms are to stay
    private static Optional<Drive> drive(RolloutRecord record) {
        try {
            return Optional.of(Drive.writable(record));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "rollout {0} cannot be read: {1}", record.id(), e.toString());
            return Optional.empty();
        }
    }

    private static long untilMillis(Drive drive) {
        return drive.record.changed().toEpochMilli()
                + drive.spec.rules().inspectFor().toMillis();
    }

    private void write(Drive drive, RouteRecord route, RouteSpec before, RouteSpec after, long now) {
        RolloutMachine.Tick told = machine.inspected(drive.spec, drive.state, words(drive, before, after), now);
        List<Notice> notices = drive.notices(told.events());
        try {
            var _ = around.records()
                    .change(
                            drive.with(told.state(), drive.record.owner(), drive.toTell),
                            notices.stream().map(Notice::data).toList(),
                            Optional.of(RouteDraft.unchecked(after, route)),
                            drive.record.actor(),
                            Announcer.action(told.events()),
                            told.events().getFirst().detail());
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "route {0} was changed meanwhile: {1}", route.name(), e.toString());
            return;
        }
        driver.writer().announce(drive, notices);
    }

    private static String words(Drive drive, RouteSpec before, RouteSpec after) {
        List<String> gone = before.rolled().arms().stream()
                .filter(arm -> !after.rolled().arms().contains(arm))
                .sorted()
                .toList();
        return "%s gone from route '%s', %s after it was over"
                .formatted(
                        String.join(", ", gone),
                        before.name(),
                        Texts.of(drive.spec.rules().inspectFor()));
    }
}
