package dev.penstock.server.registry;

import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RolloutTallyRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Of a server without a record: there are no routes, and none can be made.
final class UnrecordedRoutes implements RouteRecords {
    @Override
    public List<RouteRecord> known() {
        return List.of();
    }

    @Override
    public void onChange(Runnable listener) {
        // Nothing ever changes.
    }

    @Override
    public <T> T read(Function<RouteStore, T> reading) {
        throw ModelAdmin.noRecord();
    }

    @Override
    public RouteRecord put(RouteRecord next, String who, String action, String detail) {
        throw ModelAdmin.noRecord();
    }

    @Override
    public void delete(String name, long revision, String who, String detail) {
        throw ModelAdmin.noRecord();
    }

    @Override
    public RouteStore.RolloutChange change(
            RolloutRecord next,
            List<String> events,
            Optional<RouteRecord> route,
            String who,
            String action,
            String detail) {
        throw ModelAdmin.noRecord();
    }

    @Override
    public List<RouteEdit> changeAll(List<RouteEdit> edits, String who) {
        throw ModelAdmin.noRecord();
    }

    @Override
    public RolloutRecord keep(RolloutRecord next, List<String> events) {
        throw ModelAdmin.noRecord();
    }

    @Override
    public void forget(String rollout, String who, String action, String detail) {
        throw ModelAdmin.noRecord();
    }

    @Override
    public boolean add(RolloutTallyRecord tally) {
        throw ModelAdmin.noRecord();
    }

    @Override
    public void drop(String rollout, Map<String, Long> upTo) {
        throw ModelAdmin.noRecord();
    }
}
