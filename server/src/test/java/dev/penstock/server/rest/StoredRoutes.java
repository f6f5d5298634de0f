package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RolloutTallyRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoreException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// Routes in a real record of one server, without its registry.
public final class StoredRoutes implements RouteRecords {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final ModelStore store;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /// @param store whoever opened it closes it
    public StoredRoutes(ModelStore store) {
        this.store = store;
    }

    @Override
    public List<RouteRecord> known() {
        return store.routes().routes();
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public <T> T read(Function<RouteStore, T> reading) {
        return reading.apply(store.routes());
    }

    @Override
    public RouteRecord put(RouteRecord next, String who, String action, String detail) {
        RouteRecord after = store.routes().put(next, new Act(who, action, detail, NOON));
        listeners.forEach(Runnable::run);
        return after;
    }

    @Override
    public void delete(String name, long revision, String who, String detail) {
        long _ = store.routes().delete(name, revision, new Act(who, "delete route", detail, NOON));
        listeners.forEach(Runnable::run);
    }

    @Override
    public RouteStore.RolloutChange change(
            RolloutRecord next,
            List<String> events,
            Optional<RouteRecord> route,
            String who,
            String action,
            String detail) {
        RouteStore.RolloutChange change =
                store.routes().change(next, events, route, new Act(who, action, detail, NOON));
        listeners.forEach(Runnable::run);
        return change;
    }

    @Override
    public List<RouteEdit> changeAll(List<RouteEdit> edits, String who) {
        List<RouteEdit> after = store.routes().changeAll(edits, who, NOON);
        listeners.forEach(Runnable::run);
        return after;
    }

    @Override
    public RolloutRecord keep(RolloutRecord next, List<String> events) {
        return store.routes().keep(next, events, NOON);
    }

    @Override
    public void forget(String rollout, String who, String action, String detail) {
        long _ = store.routes().forget(rollout, new Act(who, action, detail, NOON));
        listeners.forEach(Runnable::run);
    }

    /// Refuses as the record of a server does.
    @Override
    public boolean add(RolloutTallyRecord tally) {
        try {
            return store.routes().add(tally);
        } catch (StoreException e) {
            if (e.reason() == StoreException.Reason.STALE) {
                throw e;
            }
            throw new ServingException(ErrorCode.ALREADY_EXISTS, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void drop(String rollout, Map<String, Long> upTo) {
        store.routes().drop(rollout, upTo);
    }
}
