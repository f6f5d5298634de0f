package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;

/// Accepts one sequence of bytes.
final class ExactAnswer implements AnswerCheck {
    private final byte[] expected;

    /// @param expected kept, not copied
    ExactAnswer(byte[] expected) {
        this.expected = expected;
    }

    @Override
    public long expectedBytes() {
        return expected.length;
    }

    @Override
    public boolean accepts(ByteBuffer answer) {
        return answer.equals(ByteBuffer.wrap(expected));
    }
}
