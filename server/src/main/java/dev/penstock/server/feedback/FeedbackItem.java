package dev.penstock.server.feedback;

/// One thing that a caller says of a prediction.
///
/// @param token that came with the answer
/// @param row of the answer, from 0
/// @param said of it
/// @param atMillis when that became known, since 1970; 0 for now
public record FeedbackItem(String token, int row, Said said, long atMillis) {
    /// By which clocks may differ.
    private static final long EARLY_MILLIS = 60_000;

    /// What is said.
    public sealed interface Said {}

    /// The class that it is, by its index.
    public record Label(long index) implements Said {}

    /// The class that it is, by its name.
    public record NamedLabel(String name) implements Said {}

    /// The true value.
    public record Value(double value) implements Said {}

    /// How much the answer was worth.
    public record Reward(double reward) implements Said {}

    /// Why it cannot have become known when that is said to have been; "" if it can.
    ///
    /// @param madeMillis when the answer was given, since 1970
    String wrongTime(long madeMillis, long nowMillis) {
        boolean early = atMillis != 0 && atMillis < madeMillis;
        return early || atMillis > nowMillis + EARLY_MILLIS
                ? "at: %d (expected: %d..%d, from the prediction up to now)".formatted(atMillis, madeMillis, nowMillis)
                : "";
    }
}
