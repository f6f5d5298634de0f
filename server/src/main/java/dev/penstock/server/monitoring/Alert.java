package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.drift.DriftStatus;
import java.util.List;

/// Something that somebody should know of a version.
///
/// @param kind what it is about
/// @param severity [DriftStatus#WARNING] or [DriftStatus#CRITICAL]
/// @param raisedMillis since 1970
/// @param clearedMillis since 1970; 0 while it is active
/// @param fromMillis when the window began that raised it, or made it worse
/// @param rows that were recorded in that window
/// @param share of the features that had drifted
/// @param features that had drifted; of an embedding as a whole the tensor's name
/// @param cause what it was raised by, or made worse
public record Alert(
        Kind kind,
        ModelKey key,
        DriftStatus severity,
        long raisedMillis,
        long clearedMillis,
        long fromMillis,
        long rows,
        double share,
        List<String> features,
        DriftChange.Cause cause) {
    /// What alerts are about.
    public enum Kind {
        /// What goes in or comes out is not what it was.
        DRIFT,
        /// Fewer answers turn out to be right.
        QUALITY
    }

    public Alert {
        features = List.copyOf(features);
    }

    /// Raised by windows.
    public Alert(
            Kind kind,
            ModelKey key,
            DriftStatus severity,
            long raisedMillis,
            long clearedMillis,
            long fromMillis,
            long rows,
            double share,
            List<String> features) {
        this(
                kind,
                key,
                severity,
                raisedMillis,
                clearedMillis,
                fromMillis,
                rows,
                share,
                features,
                DriftChange.Cause.WINDOWS);
    }

    /// The same, over since then.
    public Alert cleared(long atMillis) {
        return new Alert(kind, key, severity, raisedMillis, atMillis, fromMillis, rows, share, features, cause);
    }
}
