package dev.penstock.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A dense, row-major, little-endian array of one type. A view: whoever made `data` owns it.
///
/// Elements of [DataType#BYTES] lie one after another, each as a 4-byte length and that many bytes.
/// Nothing about `data` is checked here: a request's tensors are what the caller sent, and
/// [RequestCheck] says whether they fit.
///
/// @param data the bytes between position and limit; little-endian; read only
public record Tensor(String name, DataType type, Shape shape, ByteBuffer data) {
    public Tensor {
        Check.argument(data.order() == ByteOrder.LITTLE_ENDIAN, "%s: %s (expected: LITTLE_ENDIAN)", name, data.order());
    }

    public long byteCount() {
        return data.remaining();
    }
}
