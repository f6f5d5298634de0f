package dev.penstock.server.grpc.door;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.server.wire.SentHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes what Netty's decoder finds in a header block and keeps it without a map. One per connection; what it
/// holds is that of the last block.
///
/// HPACK's table hands the same objects out again, so that after the first request of a connection nearly
/// everything is decided by identity.
@SuppressWarnings("ReferenceEquality")
final class RequestHeaders extends DefaultHttp2Headers {
    static final AsciiString INFER = AsciiString.cached("/inference.GRPCInferenceService/ModelInfer");
    static final AsciiString STREAM_INFER = AsciiString.cached("/inference.GRPCInferenceService/ModelStreamInfer");

    private static final AsciiString POST = AsciiString.cached("POST");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString GZIP = AsciiString.cached("gzip");
    private static final AsciiString IDENTITY = AsciiString.cached("identity");

    /// The fields that mean something here; what comes after them are kept metadata.
    private static final List<AsciiString> NAMES = List.of(
            AsciiString.cached(":method"),
            AsciiString.cached(":path"),
            AsciiString.cached(":scheme"),
            AsciiString.cached(":authority"),
            AsciiString.cached("content-type"),
            AsciiString.cached("grpc-timeout"),
            AsciiString.cached("grpc-encoding"),
            AsciiString.cached("grpc-accept-encoding"),
            AsciiString.cached("x-penstock-request-id"),
            AsciiString.cached("x-request-id"),
            CONTENT_LENGTH);
    private static final int METHOD = 0;
    private static final int PATH = 1;
    private static final int SCHEME = 2;
    private static final int AUTHORITY = 3;
    private static final int CONTENT_TYPE = 4;
    private static final int TIMEOUT = 5;
    private static final int ENCODING = 6;
    private static final int ACCEPT_ENCODING = 7;
    private static final int REQUEST_ID = 8;
    private static final int COMMON_REQUEST_ID = 9;
    private static final int LENGTH = 10;
    private static final int OTHER = -1;

    private final Supplier<KeptHeaders> keeps;
    private KeptHeaders kept = KeptHeaders.NONE;
    private AsciiString[] known = {};

    /// By kept header: where its value is among those of all known ones.
    private int[] keptAt = {};

    private @Nullable CharSequence[] values = {};

    /// All fields in order, and what the name at each place was the last time.
    private CharSequence[] allNames = new CharSequence[16];

    private CharSequence[] allValues = new CharSequence[16];
    private int[] kinds = new int[16];
    private int count;
    private boolean repeated;

    private @Nullable CharSequence lastInfer;
    private @Nullable CharSequence lastGrpc;
    private @Nullable CharSequence lastAccepted;
    private boolean lastTakesGzip;

    /// What a block without fault asks for.
    enum Verdict {
        GRPC,
        /// A pseudo header is missing or doubled; HTTP/2 demands a reset.
        MALFORMED,
        WRONG_METHOD,
        WRONG_CONTENT_TYPE
    }

    /// @param keeps asked at every block for the names whose values are found by [#metadata]; the same object
    ///     while they are the same
    RequestHeaders(Supplier<KeptHeaders> keeps) {
        super(false, 2);
        this.keeps = keeps;
        Arrays.fill(allNames, AsciiString.EMPTY_STRING);
        Arrays.fill(kinds, OTHER);
        keep(keeps.get());
    }

    private void keep(KeptHeaders now) {
        kept = now;
        List<AsciiString> names = new ArrayList<>(NAMES);
        keptAt = new int[now.size()];
        for (int i = 0; i < keptAt.length; i++) {
            AsciiString name = AsciiString.cached(now.names().get(i));
            int meant = NAMES.indexOf(name);
            keptAt[i] = meant < 0 ? names.size() : meant;
            if (meant < 0) {
                names.add(name);
            }
        }
        known = names.toArray(AsciiString[]::new);
        values = new @Nullable CharSequence[known.length];
        // What a name at each place was is to be found out anew.
        Arrays.fill(allNames, AsciiString.EMPTY_STRING);
    }

    /// The names as of the last block.
    KeptHeaders kept() {
        return kept;
    }

    /// A decoder that always decodes into `this`.
    DefaultHttp2HeadersDecoder decoder(int maxMetadataBytes) {
        return new DefaultHttp2HeadersDecoder(true, maxMetadataBytes) {
            @Override
            protected Http2Headers newHeaders() {
                return reset();
            }
        };
    }

    private RequestHeaders reset() {
        KeptHeaders now = keeps.get();
        if (now != kept) {
            keep(now);
        }
        Arrays.fill(values, null);
        count = 0;
        repeated = false;
        return this;
    }

    Verdict verdict() {
        CharSequence path = values[PATH];
        CharSequence method = values[METHOD];
        if (repeated || path == null || path.isEmpty() || method == null || values[SCHEME] == null) {
            return Verdict.MALFORMED;
        }
        if (!POST.contentEquals(method)) {
            return Verdict.WRONG_METHOD;
        }
        return isGrpc(values[CONTENT_TYPE]) ? Verdict.GRPC : Verdict.WRONG_CONTENT_TYPE;
    }

    private boolean isGrpc(@Nullable CharSequence type) {
        if (type == null || type == lastGrpc) {
            return type != null;
        }
        int end = GRPC.length();
        boolean grpc = type.length() >= end
                && AsciiString.regionMatches(type, true, 0, GRPC, 0, end)
                && (type.length() == end || type.charAt(end) == '+' || type.charAt(end) == ';');
        if (grpc) {
            lastGrpc = type;
        }
        return grpc;
    }

    boolean isInfer() {
        CharSequence path = requestPath();
        if (path == lastInfer) {
            return true;
        }
        if (INFER.contentEquals(path)) {
            lastInfer = path;
            return true;
        }
        return false;
    }

    boolean isStreamInfer() {
        return STREAM_INFER.contentEquals(requestPath());
    }

    CharSequence requestPath() {
        CharSequence path = values[PATH];
        return path == null ? AsciiString.EMPTY_STRING : path;
    }

    /// @return nanoseconds, [GrpcTimeout#FOREVER_NANOS] without one, or [GrpcTimeout#MALFORMED]
    long timeoutNanos() {
        CharSequence timeout = values[TIMEOUT];
        return timeout == null ? GrpcTimeout.FOREVER_NANOS : GrpcTimeout.nanos(timeout);
    }

    /// When the call is over if its timeout begins now; a malformed one is none.
    ///
    /// @return [InferenceRequest#NO_DEADLINE] without one
    long deadlineNanos(NanoClock clock) {
        long timeoutNanos = timeoutNanos();
        boolean timed = timeoutNanos != GrpcTimeout.FOREVER_NANOS && timeoutNanos != GrpcTimeout.MALFORMED;
        return timed ? clock.nanoTime() + timeoutNanos : InferenceRequest.NO_DEADLINE;
    }

    boolean sendsGzip() {
        CharSequence encoding = values[ENCODING];
        return encoding != null && GZIP.contentEquals(encoding);
    }

    /// @return an encoding of messages that this server cannot read, or null
    @Nullable
    CharSequence unknownEncoding() {
        CharSequence encoding = values[ENCODING];
        return encoding == null || GZIP.contentEquals(encoding) || IDENTITY.contentEquals(encoding) ? null : encoding;
    }

    boolean takesGzip() {
        CharSequence accepted = values[ACCEPT_ENCODING];
        if (accepted != lastAccepted) {
            lastAccepted = accepted;
            lastTakesGzip = accepted != null && hasToken(accepted, GZIP);
        }
        return lastTakesGzip;
    }

    private static boolean hasToken(CharSequence list, AsciiString token) {
        int at = AsciiString.indexOfIgnoreCaseAscii(list, token, 0);
        while (at >= 0) {
            int end = at + token.length();
            boolean begins = at == 0 || list.charAt(at - 1) == ',' || list.charAt(at - 1) == ' ';
            if (begins && (end == list.length() || list.charAt(end) == ',' || list.charAt(end) == ' ')) {
                return true;
            }
            at = AsciiString.indexOfIgnoreCaseAscii(list, token, end);
        }
        return false;
    }

    /// @return the request id that the caller sent, or null
    @Nullable
    CharSequence requestId() {
        CharSequence id = values[REQUEST_ID];
        return id == null ? values[COMMON_REQUEST_ID] : id;
    }

    @Nullable
    CharSequence requestAuthority() {
        return values[AUTHORITY];
    }

    @Nullable
    CharSequence metadata(int index) {
        return values[keptAt[index]];
    }

    /// Whether the block wrongly carries a pseudo header, as trailers.
    boolean hasPseudo() {
        for (int i = 0; i < count; i++) {
            if (allNames[i].charAt(0) == ':') {
                return true;
            }
        }
        return false;
    }

    CharSequence name(int index) {
        return allNames[index];
    }

    CharSequence value(int index) {
        return allValues[index];
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
        if (count == allNames.length) {
            grow();
        }
        int kind = allNames[count] == name ? kinds[count] : kindOf(name);
        if (allValues[count] != value) {
            checkValue(value);
        }
        allNames[count] = name;
        allValues[count] = value;
        kinds[count++] = kind;
        if (kind != OTHER) {
            CharSequence before = values[kind];
            repeated |= before != null
                    && (kind <= AUTHORITY || (kind == LENGTH && !AsciiString.contentEquals(before, value)));
            boolean one = kind < REQUEST_ID || kind == LENGTH;
            values[kind] = one ? value : SentHeaders.more(name, before, value);
        }
        return this;
    }

    private void grow() {
        int from = count;
        allNames = Arrays.copyOf(allNames, count * 2);
        allValues = Arrays.copyOf(allValues, count * 2);
        kinds = Arrays.copyOf(kinds, count * 2);
        Arrays.fill(allNames, from, allNames.length, AsciiString.EMPTY_STRING);
    }

    private int kindOf(CharSequence name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a header has no name");
        }
        for (int i = 0; i < known.length; i++) {
            if (known[i].contentEquals(name)) {
                return i;
            }
        }
        if (name.charAt(0) == ':' && !PseudoHeaderName.isPseudoHeader(name)) {
            throw new IllegalArgumentException("unknown pseudo header");
        }
        for (int i = name.charAt(0) == ':' ? 1 : 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z') || c == ':') {
                throw new IllegalArgumentException("character " + (int) c + " in the name of a header");
            }
        }
        return OTHER;
    }

    private static void checkValue(CharSequence value) {
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            boolean outer = i == 0 || i == length - 1;
            if (c == 0 || c == '\n' || c == '\r' || (outer && (c == ' ' || c == '\t'))) {
                throw new IllegalArgumentException("character " + (int) c + " in the value of a header");
            }
        }
    }

    // What Netty's connection decoder asks of headers, answered without the map.

    @Override
    public List<CharSequence> getAll(CharSequence name) {
        CharSequence length = values[LENGTH];
        return length != null && CONTENT_LENGTH.contentEquals(name)
                ? Collections.singletonList(length)
                : Collections.emptyList();
    }

    @Override
    public Http2Headers setLong(CharSequence name, long value) {
        return this;
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
        return Collections.emptyIterator();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
