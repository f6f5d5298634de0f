package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import java.time.Instant;
import java.util.List;

/// A rollout as people are shown it. Immutable.
///
/// @param standard what its default arm stood for when it began; "" if that is not recorded
/// @param owner the server that drives it
/// @param changed when it was recorded last
/// @param waitsFor what has to be so before it goes on, for people; "" if it waits for nothing
/// @param confirmed by the person to whom this is the answer
public record RolloutView(
        String id,
        RolloutSpec spec,
        String standard,
        RolloutState state,
        String owner,
        Instant changed,
        String waitsFor,
        List<Finding> confirmed) {
    public RolloutView {
        confirmed = List.copyOf(confirmed);
    }

    public RolloutView(
            String id,
            RolloutSpec spec,
            String standard,
            RolloutState state,
            String owner,
            Instant changed,
            String waitsFor) {
        this(id, spec, standard, state, owner, changed, waitsFor, List.of());
    }

    /// The answer to who confirmed that.
    RolloutView confirming(List<Finding> now) {
        return new RolloutView(id, spec, standard, state, owner, changed, waitsFor, now);
    }
}
