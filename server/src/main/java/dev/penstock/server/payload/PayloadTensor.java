package dev.penstock.server.payload;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A tensor as it is kept.
///
/// @param data a copy of its own between position and limit, as [dev.penstock.core.Tensor] has it;
///     empty where [#hasData] does not hold
/// @param redaction what was done to it
/// @param hash of what it was, if that is all that is left of it; or ""
record PayloadTensor(String name, DataType type, Shape shape, ByteBuffer data, Redaction redaction, String hash) {
    private static final ByteBuffer NOTHING =
            ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);

    /// As it was sent.
    static PayloadTensor of(String name, DataType type, Shape shape, ByteBuffer data) {
        return new PayloadTensor(name, type, shape, data, Redaction.NONE, "");
    }

    PayloadTensor without(Redaction how, String newHash) {
        return new PayloadTensor(name, type, shape, NOTHING, how, newHash);
    }

    PayloadTensor with(Redaction how, ByteBuffer newData) {
        return new PayloadTensor(name, type, shape, newData, how, "");
    }

    /// Whether there are as many elements as the shape says.
    boolean hasData() {
        return switch (redaction) {
            case NONE, MASK -> true;
            case HASH -> hash.isEmpty();
            case DROP -> false;
        };
    }
}
