package dev.penstock.router.rollout;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Something that was decided, with every number that led to it. Immutable.
///
/// @param number 1 for the first one of a rollout
/// @param reason a word, such as a metric's name
/// @param detail for people
/// @param actor who did it; "" for the evidence
/// @param phase that followed
/// @param step its index
/// @param weights of all arms before it, in 1/10,000
/// @param confirmed what a person has confirmed by it
/// @param outcome who is better, of one that ends an experiment or a bandit
public record RolloutEvent(
        long number,
        long atMillis,
        Kind kind,
        String reason,
        String detail,
        String actor,
        Phase phase,
        int step,
        Map<String, Integer> weights,
        Judgement judged,
        List<Finding> confirmed,
        Outcome outcome) {
    /// What it was.
    public enum Kind {
        STARTED,
        STEP,
        SETTLED,
        HELD,
        GOES_ON,
        PAUSED,
        RESUMED,
        SKIPPED,
        /// A person lets a step end that waited for that.
        APPROVED,
        /// The evidence is against the candidate, but the mode is to observe.
        WOULD_ROLL_BACK,
        /// One of several candidates has lost its share.
        ARM_DROPPED,
        ROLLING_BACK,
        ROLLED_BACK,
        PROMOTING,
        COMPLETED,
        /// A bandit has dealt new shares.
        REWEIGHTED,
        /// It is over, and so is the time in which its arms could still be looked at.
        INSPECTED;

        /// Whether it says what becomes of the route in the end.
        boolean isEnd() {
            return this == PROMOTING || this == ROLLING_BACK;
        }

        /// As REST and metrics have it.
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public RolloutEvent {
        weights = Map.copyOf(weights);
        confirmed = List.copyOf(confirmed);
    }
}
