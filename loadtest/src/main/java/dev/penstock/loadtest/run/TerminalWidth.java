package dev.penstock.loadtest.run;

import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How wide a terminal is, as its environment has it. Pure.
public final class TerminalWidth {
    private static final Pattern COUNT = Pattern.compile("[1-9]\\d{0,3}");
    private static final int LEAST = 20;

    private TerminalWidth() {}

    /// @param columns as in the variable `COLUMNS`; null if there is none
    /// @return 20 or more; empty if it is not known
    public static OptionalInt of(@Nullable String columns) {
        return columns == null || !COUNT.matcher(columns).matches()
                ? OptionalInt.empty()
                : OptionalInt.of(Math.max(LEAST, Integer.parseInt(columns)));
    }
}
