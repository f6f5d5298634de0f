package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Tally;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RolloutTallyRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Brings what servers count of a rollout to the one that drives it, by the record. Blocks on that. Each
/// tally has a number of its source's, and the state of the rollout the last number of each that is in it:
/// what is written twice, or read twice, counts once.
final class Tallies {
    private static final System.Logger LOG = System.getLogger(Tallies.class.getName());

    /// Of more sources nobody is told.
    private static final int MOST_WARNED = 512;

    private final RouteRecords records;

    Tallies(RouteRecords records) {
        this.records = records;
    }

    /// @return whether it need not be sent again
    boolean send(String rollout, Tally tally) {
        try {
            return records.add(new RolloutTallyRecord(rollout, tally.source(), tally.number(), TallyJson.write(tally)));
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

    /// What a server says of its candidates: among what servers count, and counting nothing.
    ///
    /// @param number greater than that of what it said before
    record Said(String source, long number, Standing standing) {}

    /// @return whether it is written
    boolean say(String rollout, Said said) {
        return records.add(new RolloutTallyRecord(
                rollout, said.source(), said.number(), said.standing().write()));
    }

    /// What others counted.
    ///
    /// @param said of their candidates
    /// @param partly by source, what of its tallies is left out, as only a newer release knows it
    /// @param unread by source, the last one that this release cannot read: it counts nothing, and its
    ///     source is none
    record Found(List<Tally> tallies, List<Said> said, Map<String, String> partly, Map<String, Unread> unread) {}

    /// @param why for people
    record Unread(long number, String why) {}

    Found read(String rollout) {
        List<Tally> tallies = new ArrayList<>();
        List<Said> said = new ArrayList<>();
        Map<String, String> partly = new HashMap<>();
        Map<String, Unread> unread = new HashMap<>();
        for (RolloutTallyRecord record : records.read(store -> store.tallies(rollout))) {
            try {
                if (Standing.is(record.epochs())) {
                    said.add(new Said(record.source(), record.number(), Standing.read(record.epochs())));
                } else {
                    TallyJson.Read read = TallyJson.read(record);
                    tallies.add(read.tally());
                    if (!read.newer().isEmpty()) {
                        partly.put(record.source(), read.newer());
                    }
                }
            } catch (ServingException e) {
                unread.merge(
                        record.source(),
                        new Unread(record.number(), e.reason()),
                        (one, other) -> one.number() > other.number() ? one : other);
            }
        }
        return new Found(tallies, said, partly, unread);
    }

    /// What will never be in a rollout: what servers say of their candidates, what sources count that are too
    /// many for it, and what cannot be read, once nothing that can be waits beside it.
    ///
    /// @return the last numbers, by source
    static Map<String, Long> leftOut(RolloutState state, Found found) {
        Map<String, Long> left = new HashMap<>();
        found.said().forEach(said -> left.merge(said.source(), said.number(), Math::max));
        found.unread().forEach((source, row) -> left.merge(source, row.number(), Math::max));
        for (Tally tally : found.tallies()) {
            if (state.admits(tally.source())) {
                left.remove(tally.source());
            } else {
                left.merge(tally.source(), tally.number(), Math::max);
            }
        }
        return left;
    }

    /// Tells of sources that are left out, or part of what they count.
    ///
    /// @param warned those that were told of before; these are added
    static void warn(String rollout, RolloutState state, Found found, Set<String> warned) {
        found.unread().forEach((source, row) -> warn(rollout, source, "what it counted", row.why(), warned));
        found.partly().forEach((source, why) -> warn(rollout, source, "part of what it counted", why, warned));
        for (Tally tally : found.tallies()) {
            if (!state.admits(tally.source())) {
                warn(rollout, tally.source(), "what it counted", "there are as many sources as there may be", warned);
            }
        }
    }

    private static void warn(String rollout, String source, String what, String why, Set<String> warned) {
        if (warned.size() < MOST_WARNED && warned.add(source)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "rollout {0}: of {1}, {2} is left out: {3}",
                    rollout,
                    source,
                    what,
                    why);
        }
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
