package dev.penstock.loadtest.target;

import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads an answer where it lies. Confined; never blocks.
final class AnswerStream extends InputStream {
    private final ByteBuffer in;

    /// @param in its position stays where it is
    AnswerStream(ByteBuffer in) {
        this.in = in.duplicate();
    }

    @Override
    public int read() {
        return in.hasRemaining() ? in.get() & 0xff : -1;
    }

    @Override
    public int read(byte @Nullable [] to, int from, int length) {
        int count = Math.min(length, in.remaining());
        if (to == null || (count == 0 && length > 0)) {
            return -1;
        }
        in.get(to, from, count);
        return count;
    }
}
