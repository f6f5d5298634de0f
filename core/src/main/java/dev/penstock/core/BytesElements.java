package dev.penstock.core;

import java.nio.ByteBuffer;

/// The layout of [DataType#BYTES] tensors: per element a 4-byte little-endian length, then that many bytes.
public final class BytesElements {
    public static final int LENGTH_BYTES = 4;

    private BytesElements() {}

    /// Checks that `input` holds exactly `elements` complete elements.
    ///
    /// @throws ServingException naming the first element that does not fit
    static void check(String model, Tensor input, long elements) {
        ByteBuffer data = input.data();
        int at = data.position();
        long found = 0;
        while (at < data.limit()) {
            int left = data.limit() - at;
            long length = left < LENGTH_BYTES ? -1 : Integer.toUnsignedLong(data.getInt(at));
            if (length < 0 || length > left - LENGTH_BYTES) {
                throw ServingException.invalid(
                        "element %d of input '%s' for model '%s' is incomplete: %d bytes left at byte %d, %s"
                                .formatted(
                                        found,
                                        input.name(),
                                        model,
                                        left,
                                        at - data.position(),
                                        length < 0 ? "4 are needed for its length" : "its length says " + length));
            }
            at += LENGTH_BYTES + (int) length;
            found++;
        }
        if (found != elements) {
            throw ServingException.invalid(
                    "unexpected size for input '%s' for model '%s', expecting %d elements, got %d"
                            .formatted(input.name(), model, elements, found));
        }
    }
}
