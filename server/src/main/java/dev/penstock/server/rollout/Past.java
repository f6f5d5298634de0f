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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// What rollouts were asked for, whatever became of them, by their route: one under way first, then those
/// that ended last. Immutable.
record Past(Map<String, List<ObjectNode>> asked) {
    private static final System.Logger LOG = System.getLogger(Past.class.getName());

    /// One that this release cannot read is left out: it was not asked for in words that are read here.
    static Past read(RouteRecords records, List<String> routes) {
        Map<String, List<ObjectNode>> asked = new HashMap<>();
        records.read(store -> of(store, routes)).stream()
                .sorted(Comparator.comparing(RolloutRecord::isOver)
                        .thenComparing(RolloutRecord::changed, Comparator.reverseOrder()))
                .forEach(record -> asked(record)
                        .ifPresent(json -> asked.computeIfAbsent(record.route(), _ -> new ArrayList<>())
                                .add(json)));
        return new Past(asked);
    }

    private static Optional<ObjectNode> asked(RolloutRecord record) {
        try {
            return Optional.of(RolloutJson.write(Asked.read(record.spec()).spec()));
        } catch (ServingException | JacksonException e) {
            LOG.log(System.Logger.Level.WARNING, "rollout {0} cannot be read: {1}", record.id(), e.getMessage());
            return Optional.empty();
        }
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
