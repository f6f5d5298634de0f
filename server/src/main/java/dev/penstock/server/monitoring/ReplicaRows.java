package dev.penstock.server.monitoring;

/// What one server has counted in a window, since it began to count.
///
/// @param server its name; "" of this one where no others are known of
/// @param epochMillis when it began to, since 1970
/// @param rows that were recorded in the window
/// @param lagMillis how long ago that was known last
public record ReplicaRows(String server, long epochMillis, long rows, long lagMillis) {}
