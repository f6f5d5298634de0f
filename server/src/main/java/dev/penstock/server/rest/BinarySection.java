package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// The blobs that follow a request's JSON, one for each input that announces one, in that order.
final class BinarySection {
    private final String model;
    private final ByteBuf body;
    private int at;

    /// @param at where the JSON ended
    BinarySection(String model, ByteBuf body, int at) {
        this.model = model;
        this.body = body;
        this.at = at;
    }

    /// The next blob, as a view of the body.
    ByteBuffer next(String input, long bytes) {
        int left = body.writerIndex() - at;
        if (bytes > left) {
            throw ServingException.invalid(
                    "unexpected size for input '%s', expecting %d bytes of binary data, but %d are left of the body after its first %d"
                            .formatted(input, bytes, left, at - body.readerIndex()));
        }
        ByteBuffer view = body.nioBuffer(at, (int) bytes);
        at += (int) bytes;
        return view;
    }

    /// Refuses bytes that no input announced.
    void end() {
        int left = body.writerIndex() - at;
        if (left > 0) {
            throw ServingException.invalid(
                    "unexpected additional input data for model '%s': %d bytes".formatted(model, left));
        }
    }
}
