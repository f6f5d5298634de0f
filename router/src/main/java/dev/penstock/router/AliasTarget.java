package dev.penstock.router;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Where an alias points: to a version or, while that is not ready, to where it pointed before.
///
/// @param version positive
/// @param previous 0 if it pointed nowhere
public record AliasTarget(long version, long previous) {
    /// The alias that requests without a version go to, in models that have one of that name.
    public static final String STABLE = "stable";

    /// What stands between a model's name and an alias where callers write both.
    public static final char SEPARATOR = '@';

    /// @param ready the version of a number, or null if it does not serve
    /// @return what answers, or null if neither serves
    public <T> @Nullable T pick(LongFunction<@Nullable T> ready) {
        @Nullable T now = ready.apply(version);
        return now == null && previous > 0 ? ready.apply(previous) : now;
    }
}
