package dev.penstock.server.grpc.door;

import dev.penstock.server.fast.Staging;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The bytes of one request: where the rows of its inputs lie, and the buffers that are kept until its outcome.
/// Pooled with its [InferCall]; its event loop alone touches it, but for reading addresses.
final class CallBytes {
    private final Staging staging;
    private long[] inputs = new long[4];
    private @Nullable ByteBuf staged;
    private @Nullable ByteBuf elements;

    CallBytes(Staging staging) {
        this.staging = staging;
    }

    /// Keeps the buffer that the request's bytes are in until the outcome.
    void keep(ByteBuf buffer) {
        staged = buffer;
    }

    /// The same for what was made of its typed elements.
    void keepElements(ByteBuf buffer) {
        elements = buffer;
    }

    /// Has room for that many inputs.
    void ensureInputs(int count) {
        if (inputs.length < count) {
            inputs = new long[count];
        }
    }

    /// Says where the rows of an input begin; 0 when they are gone.
    void input(int index, long address) {
        inputs[index] = address;
    }

    /// The same after the whole message moved that many bytes up.
    void moveInputs(int count, long byBytes) {
        for (int i = 0; i < count; i++) {
            inputs[i] += byBytes;
        }
    }

    long address(int input) {
        return inputs[input];
    }

    void copyRows(int input, long rowBytes, int firstRow, int rowCount, long toAddress) {
        long from = inputs[input];
        if (from == 0) {
            throw new IllegalStateException("the bytes of a small call are gone (expected: copied while offered)");
        }
        Memory.copy(from + firstRow * rowBytes, toAddress, rowCount * rowBytes);
    }

    /// Gives the buffers back.
    void free() {
        if (staged != null) {
            staging.give(staged);
            staged = null;
        }
        if (elements != null) {
            staging.give(elements);
            elements = null;
        }
    }
}
