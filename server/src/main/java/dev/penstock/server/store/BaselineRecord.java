package dev.penstock.server.store;

/// What was usual of a model. It never changes.
///
/// @param id that its content decides
/// @param content as JSON
public record BaselineRecord(String id, String content) {}
