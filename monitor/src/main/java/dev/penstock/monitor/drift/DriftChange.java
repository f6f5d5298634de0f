package dev.penstock.monitor.drift;

import java.util.List;

/// What is to be told of a version after a look: that its alarm is raised, worse, or over.
///
/// @param status what is told from now on, [DriftStatus#OK] if it is over
/// @param features that have an alarm of their own; of a vector as a whole the tensor's name
/// @param rows that were recorded in the window that changed it
/// @param share of the features that have an alarm, a vector being one; NaN if nothing was judged
/// @param fromMillis when that window began, since 1970
public record DriftChange(
        Alarm.Change change,
        DriftStatus status,
        List<String> features,
        long rows,
        double share,
        long fromMillis,
        Cause cause) {
    /// What changed it.
    public enum Cause {
        /// Two of three windows, or three that were calm.
        WINDOWS,
        /// Evidence of many sub-windows, gathered one by one.
        EVIDENCE
    }

    public DriftChange {
        features = List.copyOf(features);
    }
}
