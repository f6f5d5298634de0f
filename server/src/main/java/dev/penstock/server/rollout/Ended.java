package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Rollouts that are over: forgets them when a person wants that, and the oldest ones when there are many.
/// Blocks on the record.
final class Ended {
    private static final System.Logger LOG = System.getLogger(Ended.class.getName());

    /// Of one route, with one that is under way.
    static final int MOST = 50;

    private final RouteRecords records;

    Ended(RouteRecords records) {
        this.records = records;
    }

    /// Forgets one. Versions that it rolled back may be rolled out again then, unless another one did so, too.
    ///
    /// @throws ServingException if it is not there, or not over
    void forget(String id, String who, String reason) {
        RolloutRecord record = records.read(store -> store.rollout(id))
                .orElseThrow(
                        () -> new ServingException(ErrorCode.NOT_FOUND, "rollout '%s' is not there".formatted(id)));
        if (!record.isOver()) {
            throw new StillRunning(id, record.phase());
        }
        try {
            records.forget(id, who, "delete rollout", reason);
        } catch (StoreException e) {
            throw new ServingException(ErrorCode.NOT_FOUND, String.valueOf(e.getMessage()));
        }
    }

    /// Forgets the oldest ones of a route that are too many. That it cannot is tried again with the next
    /// rollout, and is no reason not to have this one.
    void prune(String route) {
        try {
            for (RolloutRecord record : tooMany(records.read(store -> store.rolloutsOf(route)), route)) {
                records.forget(record.id(), "penstock", "forget rollout", "a route keeps its last " + MOST);
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "old rollouts of {0} stay: {1}", route, e.toString());
        }
    }

    /// The oldest ones of those that are over, of which those that rolled a version back stay longest: who
    /// forgets them would let it be rolled out once more.
    static List<RolloutRecord> tooMany(List<RolloutRecord> all, String route) {
        List<RolloutRecord> ended = new ArrayList<>(all.stream()
                .filter(record -> record.isOver() && record.route().equals(route))
                .toList());
        int underWay = (int) all.stream()
                .filter(record -> !record.isOver() && record.route().equals(route))
                .count();
        ended.sort(Comparator.comparing(Latches::hasRefuted).thenComparing(RolloutRecord::changed));
        return ended.subList(0, Math.max(0, ended.size() + underWay - MOST));
    }
}
