package dev.penstock.server.calls;

import org.jspecify.annotations.Nullable;

/// The header `traceparent` of W3C's Trace Context, level 2, read without allocating. Holds what the last
/// [#read] found; confined to one thread.
public final class TraceParent {
    public static final String HEADER = "traceparent";
    public static final String STATE_HEADER = "tracestate";

    /// What a trace state may be long; a longer one is dropped, as the recommendation allows.
    static final int MAX_STATE_CHARS = 512;

    private static final int LENGTH = 55;
    private static final int TRACE_AT = 3;
    private static final int TRACE_LOW_AT = 19;
    private static final int SPAN_AT = 36;
    private static final int FLAGS_AT = 53;
    private static final int LONG_DIGITS = 16;
    private static final int BYTE_DIGITS = 2;
    private static final int NO_VERSION = 0xff;
    private static final int SAMPLED = 1;

    private long traceHigh;
    private long traceLow;
    private long spanId;
    private int flags;
    private boolean hex;

    long traceHigh() {
        return traceHigh;
    }

    long traceLow() {
        return traceLow;
    }

    long spanId() {
        return spanId;
    }

    int flags() {
        return flags;
    }

    boolean sampled() {
        return (flags & SAMPLED) != 0;
    }

    /// @param header as it was sent, or null
    /// @return whether it names a span; if not, the call begins a trace of its own
    boolean read(@Nullable CharSequence header) {
        if (header == null || header.length() < LENGTH) {
            return false;
        }
        hex = true;
        int version = (int) digits(header, 0, BYTE_DIGITS);
        traceHigh = digits(header, TRACE_AT, LONG_DIGITS);
        traceLow = digits(header, TRACE_LOW_AT, LONG_DIGITS);
        spanId = digits(header, SPAN_AT, LONG_DIGITS);
        flags = (int) digits(header, FLAGS_AT, BYTE_DIGITS);
        boolean divided = header.charAt(TRACE_AT - 1) == '-'
                && header.charAt(SPAN_AT - 1) == '-'
                && header.charAt(FLAGS_AT - 1) == '-';
        // Later versions may append fields, but nothing else.
        boolean ended = header.length() == LENGTH || (version != 0 && header.charAt(LENGTH) == '-');
        return hex && divided && ended && version != NO_VERSION && (traceHigh | traceLow) != 0 && spanId != 0;
    }

    private long digits(CharSequence text, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            char c = text.charAt(i);
            boolean decimal = c >= '0' && c <= '9';
            hex &= decimal || (c >= 'a' && c <= 'f');
            value = value << 4 | ((decimal ? c - '0' : c - 'a' + 10) & 15);
        }
        return value;
    }
}
