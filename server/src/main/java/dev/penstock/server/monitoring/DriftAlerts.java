package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.Alarm;
import dev.penstock.monitor.drift.DriftChange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The alerts of drift that this server tells of. Where several see the same, the others remember what they
/// would tell, for when their turn comes. Not thread-safe.
final class DriftAlerts {
    private static final System.Logger LOG = System.getLogger(DriftAlerts.class.getName());

    private final Alerts alerts = new Alerts();

    /// What is so of each version that has drifted, told or not.
    private final Map<ModelKey, DriftChange> last = new LinkedHashMap<>();

    /// @param tells whether this server does
    void changed(ModelKey key, DriftChange change, boolean tells, long nowMillis) {
        if (change.change() == Alarm.Change.CLEARED) {
            last.remove(key);
        } else {
            last.put(key, change);
        }
        if (tells) {
            tell(key, change, nowMillis);
        }
    }

    private void tell(ModelKey key, DriftChange told, long nowMillis) {
        alerts.add(key, told, nowMillis);
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: drift {1}, {2} ({3} rows, share of features {4}, told by {5})",
                key,
                told.change(),
                told.status(),
                told.rows(),
                told.share(),
                told.cause());
    }

    /// Has it be this server's turn to tell of some versions, and not any more of others.
    void settle(Predicate<ModelKey> tells, long nowMillis) {
        last.forEach((key, change) -> {
            boolean isTold = alerts.isActive(key);
            if (!isTold && tells.test(key)) {
                tell(key, change, nowMillis);
            } else if (isTold && !tells.test(key)) {
                alerts.end(key, nowMillis);
            }
        });
    }

    /// See [Alerts#keep].
    void keep(Set<ModelKey> watched, long nowMillis) {
        last.keySet().retainAll(watched);
        alerts.keep(watched, nowMillis);
    }

    /// See [Alerts#end].
    void end(ModelKey key, long nowMillis) {
        last.remove(key);
        alerts.end(key, nowMillis);
    }

    List<Alert> active() {
        return alerts.active();
    }

    List<Alert> all() {
        return alerts.all();
    }
}
