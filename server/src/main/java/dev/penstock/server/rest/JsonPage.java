package dev.penstock.server.rest;

import dev.penstock.server.rest.text.NumberWriter;
import dev.penstock.server.rest.text.TensorDataWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Where the JSON of an answer is written: a page, and a buffer for what no longer fits into it. Room for the
/// head is left in front. Reused; confined to one thread.
final class JsonPage {
    static final int HEAD_BYTES = 4096;
    static final long MAX_BYTES = 64L << 20;

    private static final int PAGE_BYTES = 64 * 1024;

    /// Of a string that is looked at before room is made.
    private static final int CHUNK_BYTES = 4096;

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private final ByteBufAllocator allocator;
    private final byte[] page = new byte[HEAD_BYTES + PAGE_BYTES];
    private int at = HEAD_BYTES;
    private @Nullable ByteBuf spilt;

    JsonPage(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /// Forgets what was written.
    void clear() {
        at = HEAD_BYTES;
        if (spilt != null) {
            spilt.release();
            spilt = null;
        }
    }

    int bytes() {
        return at - HEAD_BYTES + (spilt == null ? 0 : spilt.readableBytes());
    }

    void put(char ascii) {
        room(1);
        page[at++] = (byte) ascii;
    }

    /// @param bytes no more than a page
    void put(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, page, at, bytes.length);
        at += bytes.length;
    }

    void put(long number) {
        room(NumberWriter.ROOM_BYTES);
        at = NumberWriter.writeLong(number, page, at);
    }

    /// Writes the array that `elements` has begun.
    ///
    /// @throws dev.penstock.core.ServingException if an element has no form in JSON, or the JSON becomes
    ///     too long
    void put(TensorDataWriter elements) {
        while (!elements.isDone()) {
            room(2 * NumberWriter.ROOM_BYTES);
            at = elements.write(page, at, page.length);
        }
    }

    /// Writes the only element of the array that `elements` has begun, without brackets.
    ///
    /// @throws dev.penstock.core.ServingException if it has no form in JSON
    void putOnly(TensorDataWriter elements) {
        room(NumberWriter.ROOM_BYTES);
        at = elements.writeOnly(page, at);
    }

    /// Writes a string, in quotes.
    ///
    /// @param utf8 well-formed
    void putQuoted(byte[] utf8, int from, int to) {
        put('"');
        int i = from;
        while (i < to) {
            int end = i;
            int most = Math.min(to, i + CHUNK_BYTES);
            while (end < most && isPlain(utf8[end])) {
                end++;
            }
            room(end - i);
            System.arraycopy(utf8, i, page, at, end - i);
            at += end - i;
            i = end;
            if (i < most) {
                putEscaped(utf8[i++]);
            }
        }
        put('"');
    }

    private static boolean isPlain(byte b) {
        return b < 0 || (b >= ' ' && b != '"' && b != '\\');
    }

    private void putEscaped(byte b) {
        room(6);
        page[at++] = '\\';
        int known = "\"\\\b\f\n\r\t".indexOf(b);
        if (known >= 0) {
            page[at++] = (byte) "\"\\bfnrt".charAt(known);
            return;
        }
        page[at++] = 'u';
        page[at++] = '0';
        page[at++] = '0';
        page[at++] = HEX[b >> 4];
        page[at++] = HEX[b & 15];
    }

    /// Makes room for so many bytes in the page, which are no more than it has.
    private void room(int bytes) {
        if (page.length - at >= bytes) {
            return;
        }
        checkBytes();
        spill();
    }

    /// @throws dev.penstock.core.ServingException if more was written than an event loop should
    void checkBytes() {
        if (bytes() > MAX_BYTES) {
            throw LimitedOutput.tooLarge("more than %d bytes of JSON".formatted(MAX_BYTES));
        }
    }

    private ByteBuf spill() {
        ByteBuf all = spilt == null ? allocator.directBuffer(4 * PAGE_BYTES) : spilt;
        spilt = all;
        all.writeBytes(page, HEAD_BYTES, at - HEAD_BYTES);
        at = HEAD_BYTES;
        return all;
    }

    /// Puts what was written into gzip's form.
    void compress() {
        ByteBuf plain = spill();
        spilt = null;
        spilt = Compression.gzip(plain);
    }

    /// Moves head and body to a buffer.
    ///
    /// @param head of which the first `headBytes` count, at most [#HEAD_BYTES]
    /// @param more bytes for which the buffer has room behind
    /// @return which belongs to the caller; nothing is left here
    ByteBuf take(byte[] head, int headBytes, int more) {
        ByteBuf whole = allocator.directBuffer(headBytes + bytes() + more);
        if (spilt == null) {
            System.arraycopy(head, 0, page, HEAD_BYTES - headBytes, headBytes);
            whole.writeBytes(page, HEAD_BYTES - headBytes, headBytes + at - HEAD_BYTES);
        } else {
            whole.writeBytes(head, 0, headBytes);
            whole.writeBytes(spilt, spilt.readerIndex(), spilt.readableBytes());
            whole.writeBytes(page, HEAD_BYTES, at - HEAD_BYTES);
        }
        clear();
        return whole;
    }
}
