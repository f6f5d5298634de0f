package dev.penstock.server.payload;

import java.util.Locale;

/// What is done to a value before it is written.
enum Redaction {
    NONE,
    /// It is left out; of a tensor, name, datatype and shape stay.
    DROP,
    /// A keyed hash takes its place: equal values can be told, and nothing else.
    HASH,
    /// Zeros or asterisks take its place.
    MASK;

    /// As rules and files write it.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
