package dev.penstock.server.rollout;

import dev.penstock.core.Check;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Base64;

/// Numbers as a text of few letters, for those that are recorded by thousands: whole ones take seven bits to a
/// byte and as many bytes as they need, the sign being the lowest bit, and others eight; all of it is Base64.
/// For one thread.
final class Packed {
    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    /// The text to be.
    static final class Writer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Writer whole(long value) {
            long rest = (value << 1) ^ (value >> (Long.SIZE - 1));
            while ((rest & -MORE) != 0) {
                bytes.write((int) (rest & (MORE - 1)) | MORE);
                rest >>>= BITS;
            }
            bytes.write((int) rest);
            return this;
        }

        Writer real(double value) {
            bytes.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(value).array());
            return this;
        }

        String text() {
            return Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
        }
    }

    /// The numbers of a text, in their order. Throws IllegalArgumentException if they are not there.
    static final class Reader {
        private final ByteBuffer bytes;

        Reader(String text) {
            bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        }

        boolean hasMore() {
            return bytes.hasRemaining();
        }

        long whole() {
            long value = 0;
            int shift = 0;
            int next;
            do {
                Check.argument(hasMore() && shift < Long.SIZE, "numbers end at byte %d", bytes.position());
                next = bytes.get();
                value |= (long) (next & (MORE - 1)) << shift;
                shift += BITS;
            } while ((next & MORE) != 0);
            return (value >>> 1) ^ -(value & 1);
        }

        double real() {
            Check.argument(bytes.remaining() >= Double.BYTES, "numbers end at byte %d", bytes.position());
            return bytes.getDouble();
        }
    }

    private Packed() {}
}
