package dev.penstock.server.rest.text;

/// What becomes of numbers that JSON has no form for.
public enum NonFinite {
    REFUSED,
    /// `"NaN"`, `"Infinity"` and `"-Infinity"`.
    QUOTED,
    /// `NaN`, `Infinity` and `-Infinity`, which are no JSON but what many readers of it take.
    BARE
}
