package dev.penstock.server.source.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A body whose length was announced: no byte more, and an error if there are fewer.
final class SizedBody extends InputStream {
    private final InputStream in;
    private long left;

    SizedBody(InputStream in, long bytes) {
        this.in = in;
        this.left = bytes;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the connection was closed with " + left + " bytes to come");
        }
        left -= count;
        return count;
    }
}
