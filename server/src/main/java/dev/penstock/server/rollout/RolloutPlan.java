package dev.penstock.server.rollout;

/// What a rollout would be. Immutable.
///
/// @param changes what it would make of its route when it begins, in a few words; "" if it would not be begun
/// @param refused why it would not be begun now; "" if it would
public record RolloutPlan(RolloutView view, String changes, String refused) {}
