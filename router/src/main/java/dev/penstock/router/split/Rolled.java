package dev.penstock.router.split;

import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What rollouts made of a route. Immutable.
///
/// @param id of the last one that was begun on it, "" if none was: what was counted before it is not of it
/// @param observed whether that runs and only observes: guards of its arms tell what they find, and take
///     nothing away
/// @param arms candidates and shadows that it made, and nobody has changed since
public record Rolled(String id, boolean observed, Set<String> arms) {
    /// No rollout was begun.
    public static final Rolled NEVER = new Rolled("", false, Set.of());

    public Rolled {
        arms = Set.copyOf(arms);
    }

    /// The same while it only observes, or not any more.
    public Rolled observing(boolean only) {
        return new Rolled(id, only, arms);
    }

    /// With fewer arms.
    Rolled only(Predicate<String> mine) {
        return new Rolled(id, observed, arms.stream().filter(mine).collect(Collectors.toSet()));
    }
}
