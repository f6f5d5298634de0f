package dev.penstock.router.rollout;

/// What a person wants of a rollout.
///
/// @param arm to promote: which candidate; empty where there is one only
/// @param actor who wants it
/// @param why for the audit log; may be empty
/// @param seen the last event that the person has seen. To resume: what was told after it is not confirmed. To
///     skip or approve: nothing was told after it
public record Wish(Command command, String arm, String actor, String why, long seen) {
    /// All that was told until now, whatever that is.
    public static final long ALL = Long.MAX_VALUE;

    public Wish(Command command, String arm, String actor, String why) {
        this(command, arm, actor, why, ALL);
    }

    public Wish(Command command, String actor, String why) {
        this(command, "", actor, why);
    }
}
