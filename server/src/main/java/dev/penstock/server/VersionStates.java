package dev.penstock.server;

import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// How many versions are in each state, for those who count them.
final class VersionStates {
    private VersionStates() {}

    /// Every state is among the keys, and `failed` for those that are unavailable against anybody's wish.
    static Map<String, Long> count(List<ModelStatus> models) {
        Map<String, Long> counts = new TreeMap<>();
        counts.put("failed", 0L);
        for (VersionState state : VersionState.values()) {
            counts.put(state.name().toLowerCase(Locale.ROOT), 0L);
        }
        for (ModelStatus model : models) {
            for (VersionStatus version : model.versions()) {
                String state =
                        version.failed() ? "failed" : version.state().name().toLowerCase(Locale.ROOT);
                counts.merge(state, 1L, Long::sum);
            }
        }
        return counts;
    }
}
