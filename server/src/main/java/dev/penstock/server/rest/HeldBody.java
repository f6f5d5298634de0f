package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The body of one request and what was read of its JSON tensors, with what is counted for both until
/// [#release]. For one thread at a time.
final class HeldBody {
    private final HeldMemory memory;
    private ByteBuf bytes;
    private final @Nullable StreamedBody content;

    /// What was read of its JSON tensors, if anything was.
    private @Nullable ByteBuf elements;

    /// What was counted for the body and the elements.
    private long heldBytes;

    /// @param bytes counted in `memory` already; owned from here on
    /// @param content what arrives from here on instead; null if the body is complete
    HeldBody(ByteBuf bytes, @Nullable StreamedBody content, HeldMemory memory) {
        this.bytes = bytes;
        this.content = content;
        this.memory = memory;
        this.heldBytes = bytes.readableBytes();
    }

    /// All of it, in one piece.
    ByteBuf bytes() {
        return bytes;
    }

    /// As it arrives. For one thread, which may block.
    StreamedBody content() {
        if (content == null) {
            throw new IllegalStateException("the body is complete (expected: one that is streamed)");
        }
        return content;
    }

    long heldBytes() {
        return heldBytes;
    }

    /// Puts the bytes that the compressed ones stand for in their place.
    ///
    /// @throws ServingException if they are too many, or none
    void decompress() {
        ByteBuf plain = Compression.gunzip(bytes, memory.maxBodyBytes());
        long more = plain.readableBytes() - heldBytes;
        if (!memory.budget().tryTake(more)) {
            plain.release();
            throw new ServingException(ErrorCode.OVERLOADED, memory.refusal(more));
        }
        heldBytes += more;
        bytes.release();
        bytes = plain;
    }

    /// Keeps what a reader has just read of JSON tensors.
    ///
    /// @param room of that reader
    /// @param read how many bytes that is
    /// @return it, or null if it is nothing
    /// @throws ServingException if the memory for requests is used up
    @Nullable
    ByteBuf holdElements(ElementRoom room, int read) {
        if (!room.own(read)) {
            throw new ServingException(ErrorCode.OVERLOADED, memory.refusal(read));
        }
        ByteBuf held = room.detach();
        if (held != null) {
            elements = held;
            heldBytes += held.capacity();
            memory.budget().take(held.capacity());
        }
        return held;
    }

    /// Nothing of it is used any more. Once.
    void release() {
        bytes.release();
        if (content != null) {
            content.close();
        }
        if (elements != null) {
            elements.release();
            elements = null;
        }
        memory.budget().give(heldBytes);
    }
}
