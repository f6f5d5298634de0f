package dev.penstock.server.monitoring;

import dev.penstock.server.admin.CountRecords;

/// What servers share that count answers of the same versions.
///
/// @param records where each finds what the others count
/// @param server the name of this one, the same after a restart
public record Sharing(CountRecords records, String server) {}
