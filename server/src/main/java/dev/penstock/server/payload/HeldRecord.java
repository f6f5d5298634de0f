package dev.penstock.server.payload;

/// A record on its way to one destination.
///
/// @param bytes that it takes of the destination's room
record HeldRecord(PayloadRecord record, long bytes) {}
