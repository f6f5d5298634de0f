package dev.penstock.monitor.recording;

import java.util.List;

/// Whether a model can be monitored as it was asked for.
public sealed interface PlanVerdict {
    /// It can.
    ///
    /// @param notes what is not monitored, and why, in words for the model's status
    /// @param unknown tensors whose rows have a size that the signature leaves open, and that were not seen yet
    record Planned(MonitorPlan plan, List<String> notes, List<Integer> unknown) implements PlanVerdict {
        public Planned {
            notes = List.copyOf(notes);
            unknown = List.copyOf(unknown);
        }
    }

    /// It cannot: the model serves without.
    ///
    /// @param reason with what was asked for and what is expected
    record Refused(String reason) implements PlanVerdict {}
}
