package dev.penstock.server.store;

import java.time.Instant;

/// One thing that happened in a rollout. They are only ever added.
///
/// @param seq its place among those of its rollout, from 1
/// @param event what happened, as JSON
public record RolloutEventRecord(String rollout, long seq, Instant at, String event) {}
