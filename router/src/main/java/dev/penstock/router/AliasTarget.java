package dev.penstock.router;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.util.Collection;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
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

    /// Of the aliases there are, in a message.
    private static final int MAX_NAMED = 10;

    /// A refusal of an alias that its model does not have.
    ///
    /// @param address as the caller wrote it, `model@alias`
    /// @param there the names of those that it has
    public static ServingException unknown(String address, Collection<String> there) {
        int at = address.lastIndexOf(SEPARATOR);
        String names = there.stream().sorted().limit(MAX_NAMED).collect(Collectors.joining(", "));
        return new ServingException(
                ErrorCode.NOT_FOUND,
                "Request for unknown model: '%s' is not found: '%s' has no alias or label '%s' (it has: %s)"
                        .formatted(
                                address,
                                address.substring(0, at),
                                address.substring(at + 1),
                                there.isEmpty() ? "none" : there.size() > MAX_NAMED ? names + ", ..." : names));
    }

    /// @param ready the version of a number, or null if it does not serve
    /// @return what answers, or null if neither serves
    public <T> @Nullable T pick(LongFunction<@Nullable T> ready) {
        @Nullable T now = ready.apply(version);
        return now == null && previous > 0 ? ready.apply(previous) : now;
    }
}
