package dev.penstock.server.rest;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The head of an HTTP request for an inference that says nothing unusual: what the fast path knows of it. Immutable.
final class InferHead {
    private final byte[] bytes;

    /// Percent-encoded, from the first slash to before the query.
    private final String path;

    /// What the caller calls the request, or null.
    private final @Nullable String requestId;

    /// Who the caller says it is, or null.
    private final @Nullable String caller;

    final int bodyBytes;

    /// How much of the body is JSON.
    final int jsonBytes;

    final boolean takesGzip;

    /// @param bytes all of them, the empty line included; belongs to this head from here on
    InferHead(
            byte[] bytes,
            String path,
            @Nullable String requestId,
            @Nullable String caller,
            int bodyBytes,
            int jsonBytes,
            boolean takesGzip) {
        this.bytes = bytes;
        this.path = path;
        this.requestId = requestId;
        this.caller = caller;
        this.bodyBytes = bodyBytes;
        this.jsonBytes = jsonBytes;
        this.takesGzip = takesGzip;
    }

    int length() {
        return bytes.length;
    }

    String path() {
        return path;
    }

    @Nullable
    String requestId() {
        return requestId;
    }

    @Nullable
    String caller() {
        return caller;
    }

    /// Whether these are the bytes at `from`, none of which lie at `to` or beyond.
    boolean startsAt(byte[] text, int from, int to) {
        int end = from + bytes.length;
        return end <= to && Arrays.equals(text, from, end, bytes, 0, bytes.length);
    }
}
