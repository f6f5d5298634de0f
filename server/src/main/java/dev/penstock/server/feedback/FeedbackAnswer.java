package dev.penstock.server.feedback;

import dev.penstock.monitor.feedback.FeedbackResult;

/// What became of one thing that was said.
///
/// @param reason why it does not count; "" if it does
public record FeedbackAnswer(FeedbackResult result, String reason) {
    /// What cannot be read.
    public static FeedbackAnswer invalid(String reason) {
        return new FeedbackAnswer(FeedbackResult.INVALID, reason);
    }

    /// In HTTP's numbers.
    public int status() {
        return switch (result) {
            case ACCEPTED -> 202;
            case INVALID -> 400;
            case UNKNOWN -> 404;
            case DUPLICATE -> 409;
            case EXPIRED -> 410;
            case AWAITED -> 503;
        };
    }
}
