package dev.penstock.router.arms;

import dev.penstock.core.ModelKey;

/// Whose counts they are. Counts of one key are added, those of different ones never.
///
/// @param route its public name
/// @param assignment the route's salt: what is counted under one says nothing about another
/// @param rollout the last one that was begun on the route, or "": what is counted in one is of no other, also
///     where shares are the same again
/// @param epoch of the route: while it is the same, every arm has the same share of the units. Equal on all
///     replicas
/// @param arm its name
/// @param target the version that the arm stands for at present
public record ArmKey(String route, String assignment, String rollout, long epoch, String arm, ModelKey target) {
    /// Of the same arm under other shares.
    ArmKey at(long otherEpoch) {
        return new ArmKey(route, assignment, rollout, otherEpoch, arm, target);
    }
}
