package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;

/// Says whether an answer is right. Called on the engine's threads, by several at a time if the plan has several.
@FunctionalInterface
public interface AnswerCheck {
    /// The length of every right answer, or -1 if it may differ. It is held against every answer, also those whose
    /// bytes are not looked at.
    default long expectedBytes() {
        return -1;
    }

    /// @param answer the message (gRPC) or the body (HTTP), valid during the call only
    boolean accepts(ByteBuffer answer);

    /// What is right is these bytes and no others.
    static AnswerCheck exactly(byte[] expected) {
        return new ExactAnswer(expected.clone());
    }
}
