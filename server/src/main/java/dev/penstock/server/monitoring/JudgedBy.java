package dev.penstock.server.monitoring;

import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.drift.LookRules;
import dev.penstock.monitor.recording.Cumulative;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a version is judged: as its model's configuration says, and as the server's does where that says
/// nothing. Immutable.
///
/// @param said by the model's configuration
record JudgedBy(Map<String, String> said, ModelOrder order, MonitoringSettings settings) {
    static JudgedBy of(Map<String, String> said, MonitoringSettings settings) {
        return new JudgedBy(said, ModelOrder.of(said, true, settings.rules()), settings);
    }

    /// Where that is which the version is held against.
    BaselineSource source() {
        return order.source();
    }

    boolean byAnotherVersion() {
        return source() instanceof BaselineSource.Version;
    }

    DriftRules rules() {
        return order.rules();
    }

    LookRules lookRules() {
        return new LookRules(order.rules(), settings.window(), settings.kept().longest());
    }

    /// Sub-windows can only be held against what does not change.
    @Nullable
    Cumulative steady(@Nullable Cumulative usual) {
        return source() instanceof BaselineSource.Kept ? usual : null;
    }

    /// What could not be understood.
    List<String> problems() {
        return order.problems();
    }
}
