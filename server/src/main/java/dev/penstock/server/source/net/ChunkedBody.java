package dev.penstock.server.source.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A body in chunks, each with its length before it.
final class ChunkedBody extends InputStream {
    private static final Pattern SIZE = Pattern.compile("([0-9a-fA-F]{1,15})[ \\t]*(;.*)?");

    private final InputStream in;
    private long left;
    private boolean begun;
    private boolean ended;

    ChunkedBody(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the connection was closed within a chunk");
        }
        left -= count;
        return count;
    }

    private void nextChunk() throws IOException {
        if (begun && !HeadReader.line(in).isEmpty()) {
            throw new ProtocolException("a chunk is longer than it said");
        }
        begun = true;
        Matcher size = SIZE.matcher(HeadReader.line(in));
        if (!size.matches()) {
            throw new ProtocolException("a chunk has no length");
        }
        left = Long.parseLong(size.group(1), 16);
        ended = left == 0;
    }
}
