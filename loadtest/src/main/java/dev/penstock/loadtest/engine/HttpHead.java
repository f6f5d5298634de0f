package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Reads the head of an HTTP/1.1 response: its status, how its body ends and the headers that are counted
/// apart. Confined to one connection; allocates nothing for values it knows.
final class HttpHead {
    static final long CHUNKED = -2;

    private static final int MAX_HEAD = 64 * 1024;
    private static final byte[] VERSION = "http/1.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONTENT_LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRANSFER_ENCODING = "transfer-encoding:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONNECTION = "connection:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED_WORD = "chunked".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE_WORD = "close".getBytes(StandardCharsets.US_ASCII);
    private static final long NOT_SAID = -1;
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final Breakdown breakdown;

    /// Of headers that are counted apart.
    private final int[] values;

    /// The same as texts.
    final List<String> texts;

    private int status;
    private long length;
    private boolean closes;

    HttpHead(Breakdown breakdown) {
        this.breakdown = breakdown;
        this.values = new int[breakdown.size()];
        this.texts = new ArrayList<>(Collections.nCopies(values.length, ""));
    }

    /// Moves on behind the head.
    ///
    /// @return false if it is not all there; then nothing was taken
    boolean read(ByteBuffer in) throws ProtocolException {
        status = 0;
        length = NOT_SAID;
        closes = false;
        Arrays.fill(values, HeaderValues.ABSENT);
        Collections.fill(texts, "");
        int line = in.position();
        for (int at = line; at < in.limit(); at++) {
            if (in.get(at) != '\n') {
                continue;
            }
            int end = at > line && in.get(at - 1) == '\r' ? at - 1 : at;
            if (end == line) {
                in.position(at + 1);
                finish();
                return true;
            }
            if (status == 0) {
                statusLine(in, line, end);
            } else {
                field(in, line, end);
            }
            line = at + 1;
        }
        if (in.remaining() > MAX_HEAD) {
            throw new ProtocolException("a response head above " + MAX_HEAD + " bytes");
        }
        return false;
    }

    private void statusLine(ByteBuffer in, int from, int end) throws ProtocolException {
        if (end - from < STATUS_AT + 3 || !begins(in, from, end, VERSION)) {
            throw new ProtocolException("a response that does not begin with HTTP/1.x and a status");
        }
        status = (int) number(in, from + STATUS_AT, from + STATUS_AT + 3);
        closes = in.get(from + VERSION.length) == '0';
    }

    private void field(ByteBuffer in, int from, int end) throws ProtocolException {
        if (begins(in, from, end, CONTENT_LENGTH)) {
            length = number(in, skipSpace(in, from + CONTENT_LENGTH.length, end), end);
        } else if (begins(in, from, end, TRANSFER_ENCODING)) {
            if (!begins(in, skipSpace(in, from + TRANSFER_ENCODING.length, end), end, CHUNKED_WORD)) {
                throw new ProtocolException("a transfer encoding other than chunked");
            }
            length = CHUNKED;
        } else if (begins(in, from, end, CONNECTION)) {
            closes |= begins(in, skipSpace(in, from + CONNECTION.length, end), end, CLOSE_WORD);
        }
        for (int i = 0; i < values.length; i++) {
            byte[] name = breakdown.field(i);
            if (begins(in, from, end, name)) {
                int begin = skipSpace(in, from + name.length, end);
                values[i] = breakdown.value(i, in, begin, beforeSpace(in, begin, end) - begin, false);
                texts.set(i, breakdown.text(i));
            }
        }
    }

    private static int beforeSpace(ByteBuffer in, int from, int end) {
        int at = end;
        while (at > from && in.get(at - 1) == ' ') {
            at--;
        }
        return at;
    }

    private void finish() throws ProtocolException {
        if (status / 100 == 1 || status == 204 || status == 304) {
            length = 0;
        }
        if (status == 0 || length == NOT_SAID) {
            throw new ProtocolException("a response without status, or whose length is not told");
        }
    }

    private static int skipSpace(ByteBuffer in, int from, int end) {
        int at = from;
        while (at < end && in.get(at) == ' ') {
            at++;
        }
        return at;
    }

    /// @param word in lower case
    private static boolean begins(ByteBuffer in, int from, int end, byte[] word) {
        if (end - from < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            int octet = in.get(from + i);
            if (octet != word[i] && !(octet >= 'A' && octet <= 'Z' && octet + 'a' - 'A' == word[i])) {
                return false;
            }
        }
        return true;
    }

    private static long number(ByteBuffer in, int from, int end) throws ProtocolException {
        long number = 0;
        int at = from;
        for (; at < end && in.get(at) >= '0' && in.get(at) <= '9' && at - from < 18; at++) {
            number = number * 10 + in.get(at) - '0';
        }
        if (at == from || skipSpace(in, at, end) < end) {
            throw new ProtocolException("a number in a response head that is none");
        }
        return number;
    }

    /// Tells a request of the headers of its answer.
    void tell(Slot slot) {
        System.arraycopy(values, 0, slot.values, 0, values.length);
    }

    /// Comes before the real one.
    boolean isInterim() {
        return status / 100 == 1;
    }

    int status() {
        return status;
    }

    /// How long the body is, or [#CHUNKED].
    long length() {
        return length;
    }

    /// Whether the server closes the connection afterwards.
    boolean closes() {
        return closes;
    }
}
