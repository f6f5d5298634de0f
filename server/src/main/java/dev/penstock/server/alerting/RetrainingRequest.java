package dev.penstock.server.alerting;

import dev.penstock.core.ModelKey;
import java.util.List;

/// That a model should be trained again.
///
/// @param reasons what was wrong when that was found
/// @param requestedMillis since 1970
/// @param decidedMillis since 1970; 0 while nobody has decided
/// @param decidedBy "" while nobody has, or if nobody is asked
public record RetrainingRequest(
        String id,
        ModelKey key,
        List<Concern> reasons,
        long requestedMillis,
        State state,
        long decidedMillis,
        String decidedBy) {
    /// What has become of it.
    public enum State {
        PENDING,
        /// Receivers are told.
        APPROVED,
        DISMISSED
    }

    public RetrainingRequest {
        reasons = List.copyOf(reasons);
    }

    RetrainingRequest decided(State as, long nowMillis, String by) {
        return new RetrainingRequest(id, key, reasons, requestedMillis, as, nowMillis, by);
    }

    /// What events tell of.
    String about() {
        return "retraining " + id;
    }
}
