package dev.penstock.server.rollout;

import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Which versions may not be rolled out again, as a rollout had evidence against them. Blocks on the record,
/// of which it reads only the rollouts of one route and those that name the versions' bytes: what became of
/// others, and whether anybody can read them, is no matter.
final class Latches {
    private final RouteRecords records;

    Latches(RouteRecords records) {
        this.records = records;
    }

    /// @param artifacts what the bytes of the versions are
    /// @return "" if they may be
    String refusing(String route, List<String> artifacts) {
        for (RolloutRecord record : records.read(store -> concerned(store, route, artifacts))) {
            String refused = refusing(record, artifacts);
            if (!refused.isEmpty()) {
                return refused;
            }
        }
        return "";
    }

    private static Collection<RolloutRecord> concerned(RouteStore store, String route, List<String> artifacts) {
        Map<String, RolloutRecord> all = new LinkedHashMap<>();
        List<RolloutRecord> found = new ArrayList<>(store.rolloutsOf(route));
        artifacts.forEach(artifact -> found.addAll(store.rolloutsNaming(quoted(artifact))));
        found.forEach(record -> all.putIfAbsent(record.id(), record));
        return List.copyOf(all.values());
    }

    /// As it is in what was asked for.
    private static String quoted(String artifact) {
        return JsonMapper.shared().writeValueAsString(artifact);
    }

    private static String refusing(RolloutRecord record, List<String> artifacts) {
        try {
            List<String> arms = armsOf(record, artifacts);
            boolean refuted = !arms.isEmpty() && refuted(record).anyMatch(arms::contains);
            return refuted
                    ? "this version was rolled back by rollout '%s' (expected: other bytes, or --rearm (\"rearm\": true), which gives it another chance)"
                            .formatted(record.id())
                    : "";
        } catch (JacksonException e) {
            return "rollout '%s' of route '%s' cannot be read, and may have rolled this version back (expected: that it can be; without it, as after penstock rollout delete, or with --rearm (\"rearm\": true), the version has another chance)"
                    .formatted(record.id(), record.route());
        }
    }

    /// Its arms that had such bytes.
    ///
    /// @throws JacksonException if what was asked for cannot be read
    private static List<String> armsOf(RolloutRecord record, List<String> artifacts) {
        return JsonMapper.shared().readTree(record.spec()).path("artifacts").properties().stream()
                .filter(each -> artifacts.contains(each.getValue().asString("")))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Its arms that there was evidence against.
    ///
    /// @throws JacksonException if its state cannot be read
    private static Stream<String> refuted(RolloutRecord record) {
        return JsonMapper.shared()
                .readTree(record.state())
                .path("refuted")
                .valueStream()
                .map(arm -> arm.asString(""));
    }

    /// Whether it had evidence against any version. Of one that nobody can read, nobody knows that it had none.
    static boolean hasRefuted(RolloutRecord record) {
        try {
            return refuted(record).findAny().isPresent();
        } catch (JacksonException e) {
            return true;
        }
    }
}
