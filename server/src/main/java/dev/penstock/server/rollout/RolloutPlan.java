package dev.penstock.server.rollout;

/// What a rollout would be. Immutable.
///
/// @param refused why it would not be begun now; "" if it would
public record RolloutPlan(RolloutView view, String refused) {}
