package dev.penstock.server.rest;

import dev.penstock.server.calls.TraceParent;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.RequestIds;
import dev.penstock.server.wire.SentHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The head of an HTTP request for an inference that says nothing unusual: what the fast path knows of it.
/// Confined to one event loop.
final class InferHead {
    private static final int MAX_SOUGHT = 8;

    private final byte[] bytes;

    /// Percent-encoded, from the first slash to before the query.
    private final String path;

    /// What the caller calls the request, or null.
    private final @Nullable String requestId;

    /// Who the caller says it is, or null.
    private final @Nullable String caller;

    /// The trace it belongs to, as it was sent; null unless somebody wants to know.
    private final @Nullable String traceParent;

    private final @Nullable String traceState;

    final int bodyBytes;

    /// How much of the body is JSON.
    final int jsonBytes;

    /// Whether the head says how much of the body is JSON.
    private final boolean hasBinary;

    final boolean takesGzip;

    private @Nullable HttpRequest general;

    /// What the general one has beside the usual.
    private List<String> generalKept = List.of();

    /// Headers that were looked for, and what was found: routes look for the same with each request.
    private final String[] soughtNames = new String[MAX_SOUGHT];

    private final @Nullable String[] soughtValues = new @Nullable String[MAX_SOUGHT];
    private int sought;

    /// @param bytes all of them, the empty line included; belongs to this head from here on
    InferHead(
            byte[] bytes,
            String path,
            @Nullable String requestId,
            @Nullable String caller,
            @Nullable String traceParent,
            @Nullable String traceState,
            int bodyBytes,
            int jsonBytes,
            boolean hasBinary,
            boolean takesGzip) {
        this.bytes = bytes;
        this.path = path;
        this.requestId = requestId;
        this.caller = caller;
        this.traceParent = traceParent;
        this.traceState = traceState;
        this.bodyBytes = bodyBytes;
        this.jsonBytes = jsonBytes;
        this.hasBinary = hasBinary;
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

    @Nullable
    String traceParent() {
        return traceParent;
    }

    @Nullable
    String traceState() {
        return traceState;
    }

    /// The same for those who handle all requests. It is shared by all that have this head: not to be changed.
    ///
    /// @param kept names of headers that it is to have beside those that mean something; the same object
    ///     while they are the same
    @SuppressWarnings("ReferenceEquality") // That is what the parameter's contract says.
    HttpRequest general(List<String> kept) {
        HttpRequest known = general;
        if (known == null || kept != generalKept) {
            known = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, path);
            addTo(known.headers());
            for (String name : kept) {
                String value = find(name);
                if (value != null && !known.headers().contains(name)) {
                    known.headers().set(name, value);
                }
            }
            general = known;
            generalKept = kept;
        }
        return known;
    }

    private void addTo(HttpHeaders headers) {
        if (requestId != null) {
            headers.set(RequestIds.HEADER, requestId);
        }
        if (caller != null) {
            headers.set(Callers.HEADER, caller);
        }
        if (traceParent != null) {
            headers.set(TraceParent.HEADER, traceParent);
        }
        if (traceState != null) {
            headers.set(TraceParent.STATE_HEADER, traceState);
        }
        if (takesGzip) {
            headers.set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.GZIP);
        }
        if (hasBinary) {
            headers.setInt(AnswerJson.LENGTH_HEADER, jsonBytes);
        }
    }

    /// What the header of that name says, as [SentHeaders] reads it, or null.
    ///
    /// @param name lower case
    @Nullable
    String header(String name) {
        for (int i = 0; i < sought; i++) {
            if (soughtNames[i].equals(name)) {
                return soughtValues[i];
            }
        }
        // Of ASCII only: other heads are left to the general decoder.
        String found = find(name);
        if (sought < MAX_SOUGHT) {
            soughtNames[sought] = name;
            soughtValues[sought++] = found;
        }
        return found;
    }

    private @Nullable String find(String name) {
        CharSequence found = null;
        int at = 0;
        while (at < bytes.length) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\r') {
                end++;
            }
            int colon = at + name.length();
            if (colon < end && bytes[colon] == ':' && isName(name, at)) {
                String value = new String(bytes, colon + 1, end - colon - 1, StandardCharsets.ISO_8859_1).strip();
                if (!SentHeaders.isCookie(name)) {
                    return value;
                }
                found = SentHeaders.more(name, found, value);
            }
            at = end + 2;
        }
        return found == null ? null : found.toString();
    }

    private boolean isName(String name, int at) {
        for (int i = 0; i < name.length(); i++) {
            byte letter = bytes[at + i];
            boolean capital = letter >= 'A' && letter <= 'Z';
            if (name.charAt(i) != (capital ? letter + ('a' - 'A') : letter)) {
                return false;
            }
        }
        return true;
    }

    /// Whether these are the bytes at `from`, none of which lie at `to` or beyond.
    boolean startsAt(byte[] text, int from, int to) {
        int end = from + bytes.length;
        return end <= to && Arrays.equals(text, from, end, bytes, 0, bytes.length);
    }
}
