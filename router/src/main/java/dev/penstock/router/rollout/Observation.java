package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import java.util.List;
import java.util.Map;

/// What was seen since the last tick.
///
/// @param applied whether requests are dealt as the state wants it, and were since the last tick
/// @param counts of this time, by arm; of requests that chance sent to their arms
/// @param copies of this time, by arm
/// @param late what ended in this time of what began under shares of before, and what was said of answers
///     that were given under these
/// @param candidates whether they can serve, by arm
/// @param trips arms that a guard has taken from callers, with the reason
/// @param gates what others say, the latest of each
public record Observation(
        boolean applied,
        Map<String, ArmCounts> counts,
        Map<String, Compared> copies,
        List<Epoch> late,
        Map<String, Readiness> candidates,
        Map<String, String> trips,
        List<GateReading> gates) {
    public Observation {
        counts = Map.copyOf(counts);
        copies = Map.copyOf(copies);
        late = List.copyOf(late);
        candidates = Map.copyOf(candidates);
        trips = Map.copyOf(trips);
        gates = List.copyOf(gates);
    }

    /// Without anything late.
    public Observation(
            boolean applied,
            Map<String, ArmCounts> counts,
            Map<String, Compared> copies,
            Map<String, Readiness> candidates,
            Map<String, String> trips,
            List<GateReading> gates) {
        this(applied, counts, copies, List.of(), candidates, trips, gates);
    }

    /// Whether a candidate can serve.
    ///
    /// @param detail for people; "" if there is nothing to say
    public record Readiness(State state, String detail) {
        public static final Readiness READY = new Readiness(State.READY, "");

        /// Of one candidate.
        public enum State {
            READY,
            /// It is being loaded, or will be.
            WAITING,
            /// It could serve, but takes or answers something else than the default arm.
            UNFIT,
            /// It never will be.
            FAILED
        }
    }

    /// What somebody else says.
    ///
    /// @param name the metric's
    /// @param value that was answered; NaN for none
    /// @param failures one after the other
    public record GateReading(String name, Verdict verdict, double value, int failures, String detail) {}

    Readiness readiness(String arm) {
        return candidates.getOrDefault(arm, new Readiness(Readiness.State.WAITING, "nothing is known of it yet"));
    }
}
