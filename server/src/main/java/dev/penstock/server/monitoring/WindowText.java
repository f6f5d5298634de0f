package dev.penstock.server.monitoring;

import dev.penstock.core.ServingException;
import dev.penstock.server.config.TimeSpan;
import dev.penstock.server.wire.HeaderText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long a window is, as callers say it: `1h`. Pure.
public final class WindowText {
    private static final Duration SHORTEST = Duration.ofMinutes(5);

    private WindowText() {}

    /// @param what the caller calls it, for the refusal: "query parameter 'window'"
    /// @param text "" for the usual one
    /// @return null for the usual one
    public static @Nullable Duration read(String what, String text) {
        if (text.isEmpty()) {
            return null;
        }
        Duration length = TimeSpan.read(text);
        if (length == null || length.compareTo(SHORTEST) < 0) {
            throw ServingException.invalid(
                    "%s: '%s' (expected: 5m to 24h, such as 1h)".formatted(what, HeaderText.quote(text)));
        }
        return length;
    }
}
