package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RolloutTallyRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/// A record that cannot always be reached; what was known of routes stays known meanwhile.
final class AwayRecords implements RouteRecords {
    private final RouteRecords records;
    private List<RouteRecord> known = List.of();

    boolean readable = true;
    boolean writable = true;

    /// How often somebody asked while it could not be reached.
    int refused;

    /// Who reads or writes waits until it is counted down.
    volatile CountDownLatch hangs = new CountDownLatch(0);

    /// Waiting for that.
    final CountDownLatch hanging = new CountDownLatch(1);

    /// What was counted is written, and who wrote it is told that it could not be.
    boolean losesAnswers;

    /// The same of what was decided.
    boolean losesChanges;

    /// What somebody else does just before several changes are written, once.
    Runnable meanwhile = () -> {};

    AwayRecords(RouteRecords records) {
        this.records = records;
    }

    private ServingException away() {
        refused++;
        return away("the record is away");
    }

    /// As a record says it that does not answer.
    static ServingException away(String message) {
        StoreException cause = new StoreException(StoreException.Reason.UNAVAILABLE, message);
        return new ServingException(ErrorCode.NOT_READY, message, cause);
    }

    @Override
    public List<RouteRecord> known() {
        if (readable) {
            known = records.known();
        }
        return known;
    }

    @Override
    public void onChange(Runnable listener) {
        records.onChange(listener);
    }

    @Override
    public <T> T read(Function<RouteStore, T> reading) {
        hang();
        if (!readable) {
            throw away();
        }
        return records.read(reading);
    }

    private void hang() {
        if (hangs.getCount() == 0) {
            return;
        }
        hanging.countDown();
        try {
            hangs.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void refuseUnlessWritable() {
        hang();
        if (!writable) {
            throw away();
        }
    }

    @Override
    public RouteRecord put(RouteRecord next, String who, String action, String detail) {
        refuseUnlessWritable();
        return records.put(next, who, action, detail);
    }

    @Override
    public void delete(String name, long revision, String who, String detail) {
        refuseUnlessWritable();
        records.delete(name, revision, who, detail);
    }

    @Override
    public RouteStore.RolloutChange change(
            RolloutRecord next,
            List<String> events,
            Optional<RouteRecord> route,
            String who,
            String action,
            String detail) {
        refuseUnlessWritable();
        RouteStore.RolloutChange change = records.change(next, events, route, who, action, detail);
        if (losesChanges) {
            throw away();
        }
        return change;
    }

    @Override
    public List<RouteEdit> changeAll(List<RouteEdit> edits, String who) {
        refuseUnlessWritable();
        Runnable first = meanwhile;
        meanwhile = () -> {};
        first.run();
        return records.changeAll(edits, who);
    }

    @Override
    public RolloutRecord keep(RolloutRecord next, List<String> events) {
        refuseUnlessWritable();
        RolloutRecord kept = records.keep(next, events);
        if (losesAnswers) {
            throw away();
        }
        return kept;
    }

    @Override
    public void forget(String rollout, String who, String action, String detail) {
        refuseUnlessWritable();
        records.forget(rollout, who, action, detail);
    }

    @Override
    public boolean add(RolloutTallyRecord tally) {
        refuseUnlessWritable();
        boolean added = records.add(tally);
        if (losesAnswers) {
            throw away();
        }
        return added;
    }

    @Override
    public void drop(String rollout, Map<String, Long> upTo) {
        refuseUnlessWritable();
        records.drop(rollout, upTo);
    }
}
