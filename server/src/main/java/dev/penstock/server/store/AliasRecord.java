package dev.penstock.server.store;

import java.time.Instant;

/// A name for a version that can be moved to another.
///
/// Where `version` is not ready, its requests go to `previous`, so a move takes effect when its target is
/// ready.
///
/// @param version where it points
/// @param previous where it pointed before, kept in memory for a way back; 0 if nowhere
/// @param by who moved it last
public record AliasRecord(String name, long version, long previous, Instant moved, String by) {}
