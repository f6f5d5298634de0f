package dev.penstock.server.monitoring;

/// What one server has counted in a window, since it began to count.
///
/// @param server its name; "" of this one where no others are known of
/// @param epochMillis when it began to, since 1970
/// @param rows that were recorded in the window; where servers record different parts of theirs, or one did at
///     different times, more than what they are worth together, which is the rows of the window
/// @param lagMillis how long ago that was known last
public record ReplicaRows(String server, long epochMillis, long rows, long lagMillis) {}
