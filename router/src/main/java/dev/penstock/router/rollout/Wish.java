package dev.penstock.router.rollout;

/// What a person wants of a rollout.
///
/// @param arm to promote: which candidate; empty where there is one only
/// @param actor who wants it
/// @param why for the audit log; may be empty
/// @param seen to resume: the last event that the person has seen; what was told after it is not confirmed
public record Wish(Command command, String arm, String actor, String why, long seen) {
    /// All that was told until now.
    public static final long ALL = Long.MAX_VALUE;

    public Wish(Command command, String arm, String actor, String why) {
        this(command, arm, actor, why, ALL);
    }

    public Wish(Command command, String actor, String why) {
        this(command, "", actor, why);
    }
}
