package dev.penstock.server.store;

/// What a server counted of a rollout that another one drives, until that has added it up.
///
/// @param source the server since its start
/// @param number 1 for the first one of a source
/// @param epochs as JSON
public record RolloutTallyRecord(String rollout, String source, long number, String epochs) {}
