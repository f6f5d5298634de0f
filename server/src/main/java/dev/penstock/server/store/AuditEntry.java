package dev.penstock.server.store;

/// One line of the audit log, which is only ever added to.
///
/// @param id ascending
/// @param before the model's record as JSON, or "" if there was none
/// @param after the model's record as JSON, or "" if it was deleted
public record AuditEntry(long id, String model, Act act, String before, String after) {}
