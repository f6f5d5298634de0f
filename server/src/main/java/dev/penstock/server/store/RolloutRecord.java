package dev.penstock.server.store;

import java.time.Instant;
import java.util.Set;

/// What is recorded of one rollout, which stays when it has ended. Immutable: a change is a new one.
///
/// @param id of it, never used again
/// @param route whose weights it changes
/// @param revision grows with every change that the audit log tells of and is never used again; 0 if it is
///     not in the store yet
/// @param ticks grows by one with every write; 0 if it is not in the store yet
/// @param phase in one word
/// @param owner which server drives it; "" if none does
/// @param spec what was asked for, as JSON
/// @param state how far it is, as JSON; the only part that may change without the audit log telling of it
/// @param changed when it was written last
public record RolloutRecord(
        String id,
        String route,
        long revision,
        long ticks,
        String phase,
        String owner,
        String spec,
        String state,
        Instant changed) {
    private static final Set<String> OVER = Set.of("completed", "rolled-back");

    /// Whether nothing more will happen in it, so that its route is free.
    public boolean isOver() {
        return OVER.contains(phase);
    }

    /// Who does what this one decides, for the audit log.
    public String actor() {
        return actor(id);
    }

    /// The same of one by its id.
    public static String actor(String rollout) {
        return "rollout " + rollout;
    }

    /// With another state, to be written in the place of this.
    public RolloutRecord with(String nextState) {
        return new RolloutRecord(id, route, revision, ticks, phase, owner, spec, nextState, changed);
    }
}
