package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.util.List;

/// Says whether an answer is right. Called on the engine's threads, by several at a time if the plan has
/// several.
@FunctionalInterface
public interface AnswerCheck {
    /// The length of every right answer, or -1 if it may differ. It is held against every answer, also those
    /// whose bytes are not looked at.
    default long expectedBytes() {
        return -1;
    }

    /// @param answer the message (gRPC) or the body (HTTP), valid during the call only
    boolean accepts(ByteBuffer answer);

    /// The same, for whoever wants to know what could be known when it was asked, and what came before the
    /// answer.
    ///
    /// @param sentNanos when the request was sent, by the clock of the run
    /// @param headers those that [LoadPlan#breakdown] names, in its order, "" for those that did not come before
    ///     the answer; valid during the call only
    default boolean accepts(ByteBuffer answer, long sentNanos, List<String> headers) {
        return accepts(answer);
    }

    /// What is right is these bytes and no others.
    static AnswerCheck exactly(byte[] expected) {
        return new ExactAnswer(expected.clone());
    }
}
