package dev.penstock.server.wire;

/// Where answers have the tokens by which callers may say how good they were.
public final class FeedbackTokens {
    /// Of answers that have headers of their own.
    public static final String HEADER = "x-penstock-feedback-token";

    /// Of V2's answers.
    public static final String PARAMETER = "feedback_token";

    private FeedbackTokens() {}
}
