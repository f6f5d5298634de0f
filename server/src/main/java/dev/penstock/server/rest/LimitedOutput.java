package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;

/// Writes an answer's JSON into a buffer, up to a limit. Answers are written on event loops: one that takes
/// seconds would hold up every other connection of its loop.
final class LimitedOutput extends ByteBufOutputStream {
    private final long maxBytes;

    LimitedOutput(ByteBuf buffer, long maxBytes) {
        super(buffer);
        this.maxBytes = maxBytes;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        check(count);
        super.write(bytes, from, count);
    }

    @Override
    public void write(int octet) throws IOException {
        check(1);
        super.write(octet);
    }

    private void check(int more) {
        if (writtenBytes() + (long) more > maxBytes) {
            throw tooLarge("more than %d bytes of JSON".formatted(maxBytes));
        }
    }

    static ServingException tooLarge(String what) {
        return new ServingException(
                ErrorCode.TOO_LARGE,
                "the answer would have %s (expected: no more; ask for the outputs as binary data, by the V2 request parameter \"binary_data_output\":true)"
                        .formatted(what));
    }
}
