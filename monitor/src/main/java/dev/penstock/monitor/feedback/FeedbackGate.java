package dev.penstock.monitor.feedback;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Decides what counts of what callers say: once for each row of each prediction, signed, and not too late.
///
/// It remembers by itself what was said here; what was said at another replica it does not know. For one
/// thread.
public final class FeedbackGate {
    /// Clocks of replicas differ: a token may be so much younger than now.
    private static final long EARLY_MINUTES = 2;

    private final Repeats repeats;
    private final long mostMinutes;
    private final Function<Prediction, FeedbackResult> counts;
    private FeedbackToken tokens;

    /// One thing decided.
    ///
    /// @param prediction that it is of, if the token says so
    /// @param reason why it does not count, for whoever sent it; "" if it does
    public record Decision(FeedbackResult result, @Nullable Prediction prediction, String reason) {}

    /// @param mostMinutes between a prediction and what is said of it
    /// @param counts whether anything is counted of that prediction: ACCEPTED, UNKNOWN or AWAITED
    public FeedbackGate(
            FeedbackToken tokens, Repeats repeats, long mostMinutes, Function<Prediction, FeedbackResult> counts) {
        this.tokens = tokens;
        this.repeats = repeats;
        this.mostMinutes = mostMinutes;
        this.counts = counts;
    }

    /// Believes these keys from now on.
    public void believe(FeedbackToken newTokens) {
        tokens = newTokens;
    }

    /// @param row of the answer, from 0
    /// @param reward whether a reward is said, and not a label
    /// @param nowMinute since the epoch
    /// @param wrong why what is said cannot be said of such a prediction; "" if it can. What cannot is not
    ///     remembered, so that it can be said better
    public Decision decide(String token, int row, boolean reward, long nowMinute, Function<Prediction, String> wrong) {
        return switch (tokens.read(token)) {
            case FeedbackToken.Reading.Malformed malformed -> invalid("token: " + malformed.reason());
            case FeedbackToken.Reading.Forged _ ->
                invalid("token: not signed with a key of this server (expected: a token from one of its answers)");
            case FeedbackToken.Reading.Valid(Prediction prediction) -> {
                Decision refused = refused(prediction, row, nowMinute, wrong);
                yield refused == null ? counted(prediction, row, reward) : refused;
            }
        };
    }

    private @Nullable Decision refused(
            Prediction prediction, int row, long nowMinute, Function<Prediction, String> wrong) {
        if (row < 0 || row >= prediction.rows().size()) {
            return new Decision(
                    FeedbackResult.INVALID,
                    prediction,
                    "row: %d (expected: 0..%d)".formatted(row, prediction.rows().size() - 1));
        }
        long age = nowMinute - prediction.minute();
        if (age < -EARLY_MINUTES) {
            return new Decision(
                    FeedbackResult.INVALID,
                    prediction,
                    "token: from %d minutes ahead (expected: the past)".formatted(-age));
        }
        if (age > mostMinutes) {
            String reason = "the prediction is %d minutes old (expected: at most %d)".formatted(age, mostMinutes);
            return new Decision(FeedbackResult.EXPIRED, prediction, reason);
        }
        FeedbackResult standing = counts.apply(prediction);
        if (standing != FeedbackResult.ACCEPTED) {
            return new Decision(standing, prediction, reason(standing, prediction));
        }
        String reason = wrong.apply(prediction);
        return reason.isEmpty() ? null : new Decision(FeedbackResult.INVALID, prediction, reason);
    }

    private static String reason(FeedbackResult standing, Prediction prediction) {
        return standing == FeedbackResult.AWAITED
                ? "a version that is compared with others is not in memory here (expected: the same again, later)"
                : "nothing is counted of version %d here".formatted(prediction.version());
    }

    private Decision counted(Prediction prediction, int row, boolean reward) {
        if (!repeats.add(prediction.identity(row, reward))) {
            return new Decision(FeedbackResult.DUPLICATE, prediction, "this was said of row %d before".formatted(row));
        }
        return new Decision(FeedbackResult.ACCEPTED, prediction, "");
    }

    private static Decision invalid(String reason) {
        return new Decision(FeedbackResult.INVALID, null, reason);
    }
}
