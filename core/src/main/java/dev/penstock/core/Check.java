package dev.penstock.core;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/// Argument checks that name the offending value.
public final class Check {
    private Check() {}

    /// Throws [IllegalArgumentException] unless `ok` holds. Not for per-element loops: it boxes `args`.
    @FormatMethod
    public static void argument(boolean ok, @FormatString String message, Object... args) {
        if (!ok) {
            throw new IllegalArgumentException(message.formatted(args));
        }
    }
}
