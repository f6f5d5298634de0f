package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Tally;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RolloutTallyRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Brings what servers count of a rollout to the one that drives it, by the record. Blocks on that. Each
/// tally has a
/// number of its source's, and the state of the rollout the last number of each that is in it: what is written
/// twice, or read twice, counts once.
final class Tallies {
    private static final System.Logger LOG = System.getLogger(Tallies.class.getName());

    private final RouteRecords records;

    Tallies(RouteRecords records) {
        this.records = records;
    }

    /// @return whether it need not be sent again
    boolean send(String rollout, Tally tally) {
        try {
            return records.add(new RolloutTallyRecord(
                    rollout,
                    tally.source(),
                    tally.number(),
                    StateJson.epochs(tally.epochs()).toString()));
        } catch (ServingException e) {
            // Whatever is refused now is refused again.
            if (e.code() != ErrorCode.ALREADY_EXISTS) {
                throw e;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "rollout {0}: what this server counted is left out: {1}",
                    rollout,
                    e.reason());
            return true;
        }
    }

    /// What others counted. One that this release cannot read counts nothing: so it is dropped when the others are,
    /// and keeps nobody out.
    List<Tally> read(String rollout) {
        List<Tally> tallies = new ArrayList<>();
        for (RolloutTallyRecord record : records.read(store -> store.tallies(rollout))) {
            tallies.add(new Tally(record.source(), record.number(), epochs(rollout, record)));
        }
        return tallies;
    }

    private static List<Epoch> epochs(String rollout, RolloutTallyRecord record) {
        try {
            return StateJson.readEpochs(record.epochs());
        } catch (ServingException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "rollout {0}: what {1} counted is left out: {2}",
                    rollout,
                    record.source(),
                    e.reason());
            return List.of();
        }
    }

    /// Of sources that are too many for a rollout, so that nothing of theirs will ever be in it.
    ///
    /// @return the last numbers, by source
    static Map<String, Long> leftOut(RolloutState state, List<Tally> tallies) {
        Map<String, Long> left = new HashMap<>();
        for (Tally tally : tallies) {
            if (!state.admits(tally.source())) {
                left.merge(tally.source(), tally.number(), Math::max);
            }
        }
        return left;
    }

    /// Drops what is in the recorded state.
    ///
    /// @param recorded the last numbers by source, as they are recorded
    /// @param dropped the same when some were dropped last
    void drop(String rollout, Map<String, Long> recorded, Map<String, Long> dropped) {
        Map<String, Long> upTo = new HashMap<>(recorded);
        upTo.entrySet().removeIf(each -> each.getValue() <= dropped.getOrDefault(each.getKey(), 0L));
        if (!upTo.isEmpty()) {
            records.drop(rollout, upTo);
        }
    }
}
