package dev.penstock.router.arms;

import dev.penstock.core.ModelKey;

/// Whose counts they are. Counts of one key are added, those of different ones never.
///
/// @param route its public name
/// @param arm its name
/// @param target the version that answered
/// @param epoch of the route: while it is the same, every arm's share is. Equal on all replicas
public record ArmKey(String route, String arm, ModelKey target, long epoch) {}
