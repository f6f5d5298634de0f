package dev.penstock.server.rest;

import dev.penstock.server.calls.TraceParent;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.HeaderText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the heads of HTTP/1.1 requests that are plain inferences: a POST to a model's `infer` or, in V1, its
/// `:predict`; a length, no coding and no expectation. Everything else, and whatever is not beyond doubt, it
/// leaves to the general decoder, which also says what is wrong. Confined to one thread.
final class InferHeadReader {
    private static final byte[] METHOD = ascii("POST /v2/models/");
    private static final byte[] METHOD_V1 = ascii("POST /v1/models/");
    private static final byte[] PROTOCOL = ascii(" HTTP/1.1\r\n");
    private static final byte[] INFER = ascii("/infer");
    private static final byte[] PREDICT = ascii(":predict");
    private static final byte[] HOST = ascii("host");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    private static final byte[] JSON_LENGTH = ascii("inference-header-content-length");
    private static final byte[] REQUEST_ID = ascii("x-penstock-request-id");
    private static final byte[] COMMON_ID = ascii("x-request-id");
    private static final byte[] CONNECTION = ascii("connection");
    private static final byte[] KEEP_ALIVE = ascii("keep-alive");
    private static final byte[] ACCEPT_ENCODING = ascii("accept-encoding");

    private static final byte[] CALLER = ascii(Callers.HEADER);
    private static final byte[] TRACE_PARENT = ascii(TraceParent.HEADER);
    private static final byte[] TRACE_STATE = ascii(TraceParent.STATE_HEADER);

    /// What changes how the message is read. Other headers change nothing.
    private static final byte[][] UNUSUAL = {
        ascii("transfer-encoding"), ascii("content-encoding"), ascii("expect"), ascii("te"), ascii("trailer"),
    };

    /// Enough for any body.
    private static final int MAX_LENGTH_DIGITS = 10;

    private final HttpLimits limits;
    private final boolean traces;

    private byte[] text = {};
    private int at;
    private int end;

    // Of the head being read.
    private int hosts;
    private long bodyBytes;
    private long jsonBytes;
    private boolean takesGzip;
    private @Nullable String ownId;
    private @Nullable String commonId;
    private @Nullable String caller;
    private @Nullable String traceParent;
    private @Nullable String traceState;

    /// @param traces whether heads are to say what trace they belong to
    InferHeadReader(HttpLimits limits, boolean traces) {
        this.limits = limits;
        this.traces = traces;
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /// Whether the bytes may be the beginning of a head that [#read] takes.
    static boolean mayBegin(byte[] bytes, int from, int to) {
        return mayBegin(METHOD, bytes, from, to) || mayBegin(METHOD_V1, bytes, from, to);
    }

    private static boolean mayBegin(byte[] method, byte[] bytes, int from, int to) {
        int count = Math.min(to - from, method.length);
        return Arrays.equals(bytes, from, from + count, method, 0, count);
    }

    /// Where the empty line that ends a head ends, or -1 if it is not there.
    static int headEnd(byte[] bytes, int from, int to) {
        for (int i = from + 3; i < to; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    /// @param from where the head begins
    /// @param to where it ends, behind its empty line
    /// @return null if it has to be looked at by others
    @Nullable
    InferHead read(byte[] bytes, int from, int to) {
        text = bytes;
        end = to;
        hosts = 0;
        bodyBytes = -1;
        jsonBytes = -1;
        takesGzip = false;
        ownId = null;
        commonId = null;
        caller = null;
        traceParent = null;
        traceState = null;
        String path = readRequestLine(from);
        if (path == null || !readHeaders() || hosts != 1 || bodyBytes < 0 || bodyBytes > limits.maxBodyBytes()) {
            return null;
        }
        boolean binary = jsonBytes >= 0;
        if (binary && jsonBytes > bodyBytes) {
            return null;
        }
        return new InferHead(
                Arrays.copyOfRange(bytes, from, to),
                path,
                ownId == null ? commonId : ownId,
                caller,
                traceParent,
                traceState,
                (int) bodyBytes,
                (int) (binary ? jsonBytes : bodyBytes),
                binary,
                takesGzip);
    }

    private @Nullable String readRequestLine(int from) {
        int pathFrom = from + METHOD.length - "/v2/models/".length();
        int i = from + METHOD.length;
        while (i < end && isPathByte(text[i])) {
            i++;
        }
        boolean infer = mayBegin(METHOD, text, from, end)
                && i - INFER.length > from + METHOD.length
                && starts(i - INFER.length, INFER);
        // A colon ends the path of bytes that need no look: the verb comes behind it.
        boolean predict =
                !infer && mayBegin(METHOD_V1, text, from, end) && i > from + METHOD.length && starts(i, PREDICT);
        i += predict ? PREDICT.length : 0;
        boolean fits =
                (infer || predict) && starts(i, PROTOCOL) && i + PROTOCOL.length - from <= limits.maxRequestLineBytes();
        if (!fits) {
            return null;
        }
        at = i + PROTOCOL.length;
        return new String(text, pathFrom, i - pathFrom, StandardCharsets.US_ASCII);
    }

    /// What needs no decoding and separates nothing but segments.
    private static boolean isPathByte(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '-' && b <= '9') || b == '_' || b == '~';
    }

    private boolean starts(int from, byte[] word) {
        return from >= 0
                && from + word.length <= end
                && Arrays.equals(text, from, from + word.length, word, 0, word.length);
    }

    private boolean readHeaders() {
        int first = at;
        int count = 0;
        while (at < end - 2) {
            if (++count > limits.maxHeaders() || !readHeader()) {
                return false;
            }
        }
        return at == end - 2 && end - first <= limits.maxHeaderBytes();
    }

    private boolean readHeader() {
        int nameFrom = at;
        int colon = nameFrom;
        while (colon < end && isToken(text[colon])) {
            colon++;
        }
        if (colon == nameFrom || colon == end || text[colon] != ':') {
            return false;
        }
        int lineEnd = colon + 1;
        while (lineEnd < end && (text[lineEnd] >= ' ' && text[lineEnd] < 0x7f)) {
            lineEnd++;
        }
        if (lineEnd + 1 >= end || text[lineEnd] != '\r' || text[lineEnd + 1] != '\n') {
            return false;
        }
        at = lineEnd + 2;
        int from = colon + 1;
        int to = lineEnd;
        while (from < to && text[from] == ' ') {
            from++;
        }
        while (to > from && text[to - 1] == ' ') {
            to--;
        }
        return take(nameFrom, colon, from, to);
    }

    private static boolean isToken(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '-' || b == '_';
    }

    private boolean take(int nameFrom, int nameTo, int from, int to) {
        // By length first: few names have one of those that count.
        return switch (nameTo - nameFrom) {
            case 4 -> !is(nameFrom, nameTo, HOST) || takeHost();
            case 10 ->
                (traces && is(nameFrom, nameTo, TRACE_STATE))
                        ? takeTraceState(from, to)
                        : !is(nameFrom, nameTo, CONNECTION) || is(from, to, KEEP_ALIVE);
            case 11 -> !traces || !is(nameFrom, nameTo, TRACE_PARENT) || takeTraceParent(from, to);
            case 12 -> !is(nameFrom, nameTo, COMMON_ID) || takeCommonId(from, to);
            case 14 -> !is(nameFrom, nameTo, CONTENT_LENGTH) || takeBodyBytes(from, to);
            case 15 -> !is(nameFrom, nameTo, ACCEPT_ENCODING) || takeAcceptEncoding(from, to);
            case 17 -> is(nameFrom, nameTo, CALLER) ? takeCaller(from, to) : isUsual(nameFrom, nameTo);
            case 21 -> !is(nameFrom, nameTo, REQUEST_ID) || takeOwnId(from, to);
            case 31 -> !is(nameFrom, nameTo, JSON_LENGTH) || takeJsonBytes(from, to);
            default -> isUsual(nameFrom, nameTo);
        };
    }

    private boolean takeHost() {
        hosts++;
        return true;
    }

    private boolean isUsual(int nameFrom, int nameTo) {
        for (byte[] name : UNUSUAL) {
            if (is(nameFrom, nameTo, name)) {
                return false;
            }
        }
        return true;
    }

    /// @param word in lower case
    private boolean is(int from, int to, byte[] word) {
        if (to - from != word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            byte b = text[from + i];
            if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != word[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean takeBodyBytes(int from, int to) {
        boolean first = bodyBytes < 0;
        bodyBytes = digits(from, to);
        return first && bodyBytes >= 0;
    }

    private boolean takeJsonBytes(int from, int to) {
        boolean first = jsonBytes < 0;
        jsonBytes = digits(from, to);
        return first && jsonBytes >= 0;
    }

    private long digits(int from, int to) {
        if (from == to || to - from > MAX_LENGTH_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return -1;
            }
            value = value * 10 + text[i] - '0';
        }
        return value;
    }

    private boolean takeOwnId(int from, int to) {
        boolean first = ownId == null;
        ownId = string(from, to);
        return first && HeaderText.isPlainId(ownId);
    }

    private boolean takeCommonId(int from, int to) {
        boolean first = commonId == null;
        commonId = string(from, to);
        return first && HeaderText.isPlainId(commonId);
    }

    private boolean takeCaller(int from, int to) {
        boolean first = caller == null;
        caller = string(from, to);
        return first;
    }

    private boolean takeTraceParent(int from, int to) {
        boolean first = traceParent == null;
        traceParent = string(from, to);
        return first;
    }

    private boolean takeTraceState(int from, int to) {
        boolean first = traceState == null;
        traceState = string(from, to);
        return first;
    }

    private boolean takeAcceptEncoding(int from, int to) {
        boolean first = !takesGzip;
        takesGzip = AcceptEncoding.takesGzip(string(from, to));
        return first;
    }

    private String string(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.US_ASCII);
    }
}
