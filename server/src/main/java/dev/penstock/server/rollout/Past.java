package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// What rollouts were asked for, those under way as well, by their route; the newest first. Immutable.
record Past(Map<String, List<ObjectNode>> asked) {
    private static final System.Logger LOG = System.getLogger(Past.class.getName());

    private record Started(String route, long millis, ObjectNode asked) {}

    /// One that this release cannot read is left out: it was not asked for in words that are read here.
    static Past read(RouteRecords records, List<String> routes) {
        List<Started> all = new ArrayList<>();
        for (RolloutRecord record : records.read(store -> of(store, routes))) {
            try {
                Drive drive = Drive.of(record);
                all.add(new Started(record.route(), drive.state.startedMillis(), RolloutJson.write(drive.spec)));
            } catch (ServingException | JacksonException e) {
                LOG.log(System.Logger.Level.WARNING, "rollout {0} cannot be read: {1}", record.id(), e.getMessage());
            }
        }
        all.sort(Comparator.comparingLong(Started::millis).reversed());
        Map<String, List<ObjectNode>> asked = new HashMap<>();
        all.forEach(started ->
                asked.computeIfAbsent(started.route(), _ -> new ArrayList<>()).add(started.asked()));
        return new Past(asked);
    }

    private static List<RolloutRecord> of(RouteStore store, List<String> routes) {
        return routes.stream()
                .flatMap(route -> store.rolloutsOf(route).stream())
                .toList();
    }

    /// What was asked for in the same words, whenever that was; else what was last; null if nothing was.
    @Nullable
    ObjectNode before(String route, ObjectNode after) {
        List<ObjectNode> all = asked.getOrDefault(route, List.of());
        return all.contains(after) ? after : all.isEmpty() ? null : all.getFirst();
    }
}
