package dev.penstock.server.store;

import dev.penstock.core.ModelKey;

/// All that a server has counted of a version since it began to, up to the end of a sub-window.
///
/// @param server which
/// @param life when it began to count, in milliseconds since 1970
/// @param at when that was so, in milliseconds since 1970
/// @param hourly whether it is the first of its hour
/// @param seen rows, counted or not
/// @param counts as JSON
public record CountedWindow(
        String server, ModelKey key, long life, long at, boolean hourly, long seen, String counts) {}
