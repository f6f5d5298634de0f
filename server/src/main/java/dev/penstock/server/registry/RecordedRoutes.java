package dev.penstock.server.registry;

import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RolloutTallyRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The routes and rollouts of the durable record. Thread-safe.
final class RecordedRoutes implements RouteRecords {
    private final RecordKeeper keeper;
    private final KnownRecords known;
    private final InstantSource time;

    RecordedRoutes(RecordKeeper keeper, KnownRecords known, InstantSource time) {
        this.keeper = keeper;
        this.known = known;
        this.time = time;
    }

    @Override
    public List<RouteRecord> known() {
        return known.routes().all();
    }

    @Override
    public void onChange(Runnable listener) {
        known.routes().onChange(listener);
    }

    @Override
    public <T> T read(Function<RouteStore, T> reading) {
        return keeper.read(store -> reading.apply(store.routes()));
    }

    @Override
    public RouteRecord put(RouteRecord next, String who, String action, String detail) {
        RouteRecord after = write(routes -> routes.put(next, act(who, action, detail)));
        known.saw(after.revision());
        known.routes().learn(after);
        return after;
    }

    @Override
    public void delete(String name, long revision, String who, String detail) {
        long deleted = write(routes -> routes.delete(name, revision, act(who, "delete route", detail)));
        known.saw(deleted);
        known.routes().learnDeleted(name, deleted);
    }

    @Override
    public RouteStore.RolloutChange change(
            RolloutRecord next,
            List<String> events,
            Optional<RouteRecord> route,
            String who,
            String action,
            String detail) {
        RouteStore.RolloutChange change = write(routes -> routes.change(next, events, route, act(who, action, detail)));
        known.saw(change.rollout().revision());
        change.route().ifPresent(known.routes()::learn);
        known.routes().learnRollout(change.rollout().revision());
        return change;
    }

    @Override
    public List<RouteEdit> changeAll(List<RouteEdit> edits, String who) {
        List<RouteEdit> after = write(routes -> routes.changeAll(edits, who, time.instant()));
        Map<String, RouteRecord> last = new LinkedHashMap<>();
        for (RouteEdit edit : after) {
            last.put(edit.route().name(), edit.route());
            known.saw(edit.rollout()
                    .map(RolloutRecord::revision)
                    .orElse(edit.route().revision()));
        }
        known.routes().learn(last.values());
        after.forEach(edit -> edit.rollout().ifPresent(begun -> known.routes().learnRollout(begun.revision())));
        return after;
    }

    @Override
    public RolloutRecord keep(RolloutRecord next, List<String> events) {
        return write(routes -> routes.keep(next, events, time.instant()));
    }

    @Override
    public void forget(String rollout, String who, String action, String detail) {
        known.saw(write(routes -> routes.forget(rollout, act(who, action, detail))));
    }

    @Override
    public boolean add(RolloutTallyRecord tally) {
        return write(routes -> routes.add(tally));
    }

    @Override
    public void drop(String rollout, Map<String, Long> upTo) {
        boolean _ = write(routes -> {
            routes.drop(rollout, upTo);
            return true;
        });
    }

    private <T> T write(Function<RouteStore, T> writing) {
        return keeper.write(store -> writing.apply(store.routes()));
    }

    private Act act(String who, String action, String detail) {
        return new Act(who, action, detail, time.instant());
    }
}
