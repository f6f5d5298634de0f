package dev.penstock.router.rollout;

/// What a person wants of a rollout.
///
/// @param arm to promote: which candidate; empty where there is one only
/// @param actor who wants it
/// @param why for the audit log; may be empty
public record Wish(Command command, String arm, String actor, String why) {
    public Wish(Command command, String actor, String why) {
        this(command, "", actor, why);
    }
}
