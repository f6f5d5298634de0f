package dev.penstock.monitor.feedback;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A prediction as bytes, without the signature:
///
/// | bytes | what |
/// |---|---|
/// | 1 | the format: 1, or 2 with a route |
/// | 1 | id of the key |
/// | 8 | hash of the model's name |
/// | 4 | minute |
/// | 4 | nonce |
/// | 1 | arm |
/// | 4 | route, in format 2 |
/// | 2 | propensity |
/// | 1 | group |
/// | 1..10 | version, 7 bits a byte, low ones first |
/// | 1..5 | classes, the same way |
/// | 1 | rows |
/// | 1..5 + 4 each | class + 1, the same way; score |
final class TokenCodec {
    static final int MOST_BYTES = 42 + 9 * Prediction.MOST_ROWS;
    static final int KEY_AT = 1;
    static final byte FORMAT = 1;
    static final byte WITH_ROUTE = 2;
    private static final int SEVEN_BITS = 0x7f;
    private static final int MORE = 0x80;

    private TokenCodec() {}

    static void write(Prediction prediction, int key, ByteBuffer out) {
        boolean routed = prediction.route() != 0;
        out.put(routed ? WITH_ROUTE : FORMAT)
                .put((byte) key)
                .putLong(prediction.model())
                .putInt((int) prediction.minute())
                .putInt(prediction.nonce())
                .put((byte) prediction.arm());
        if (routed) {
            out.putInt(prediction.route());
        }
        out.putShort((short) prediction.propensity()).put((byte) prediction.group());
        number(prediction.version(), out);
        number(prediction.classes(), out);
        out.put((byte) prediction.rows().size());
        for (Prediction.Row row : prediction.rows()) {
            number(row.predicted() + 1L, out);
            out.putFloat(row.score());
        }
    }

    /// @param in from the format on, to its end
    /// @throws IllegalArgumentException if it is nothing that [#write] writes
    static Prediction read(ByteBuffer in) {
        try {
            byte format = in.get();
            if (format != FORMAT && format != WITH_ROUTE) {
                throw new IllegalArgumentException(
                        "format %d (expected: %d or %d)".formatted(format, FORMAT, WITH_ROUTE));
            }
            in.get(); // Its key, which was looked at before.
            long model = in.getLong();
            int minute = in.getInt();
            int nonce = in.getInt();
            int arm = Byte.toUnsignedInt(in.get());
            int route = format == WITH_ROUTE ? in.getInt() : 0;
            int propensity = Short.toUnsignedInt(in.getShort());
            int group = in.get();
            long version = number(in);
            int classes = Math.toIntExact(number(in));
            int count = in.get();
            List<Prediction.Row> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int predicted = Math.toIntExact(number(in) - 1);
                rows.add(new Prediction.Row(predicted, in.getFloat()));
            }
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(in.remaining() + " bytes too many");
            }
            return new Prediction(model, version, minute, nonce, arm, route, propensity, group, classes, rows);
        } catch (BufferUnderflowException | ArithmeticException e) {
            throw new IllegalArgumentException("cut off, or a number is too large", e);
        }
    }

    private static void number(long value, ByteBuffer out) {
        long rest = value;
        while (rest > SEVEN_BITS) {
            out.put((byte) ((rest & SEVEN_BITS) | MORE));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (long) (next & SEVEN_BITS) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new ArithmeticException("a number of more than 64 bits");
    }
}
