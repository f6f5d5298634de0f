package dev.penstock.server.admin;

import java.time.Instant;

/// A step in the life of a version.
///
/// @param version 0 if it concerns the model as a whole
/// @param detail for people: how much was fetched, why it failed; or ""
public record LifecycleEvent(Instant at, String model, long version, LifecyclePhase phase, String detail) {}
