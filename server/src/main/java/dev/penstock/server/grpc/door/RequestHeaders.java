package dev.penstock.server.grpc.door;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import io.netty.util.AsciiString;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a header block asks of a gRPC server. One per connection; what it says is of the last block.
@SuppressWarnings("ReferenceEquality")
final class RequestHeaders extends HeaderFields {
    static final AsciiString INFER = AsciiString.cached("/inference.GRPCInferenceService/ModelInfer");
    static final AsciiString STREAM_INFER = AsciiString.cached("/inference.GRPCInferenceService/ModelStreamInfer");

    private static final AsciiString POST = AsciiString.cached("POST");
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString GZIP = AsciiString.cached("gzip");
    private static final AsciiString IDENTITY = AsciiString.cached("identity");

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

    /// @param keeps as [HeaderFields] asks it
    RequestHeaders(Supplier<KeptHeaders> keeps) {
        super(keeps);
    }

    Verdict verdict() {
        CharSequence path = known(PATH);
        CharSequence method = known(METHOD);
        if (isRepeated() || path == null || path.isEmpty() || method == null || known(SCHEME) == null) {
            return Verdict.MALFORMED;
        }
        if (!POST.contentEquals(method)) {
            return Verdict.WRONG_METHOD;
        }
        return isGrpc(known(CONTENT_TYPE)) ? Verdict.GRPC : Verdict.WRONG_CONTENT_TYPE;
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
        CharSequence path = known(PATH);
        return path == null ? AsciiString.EMPTY_STRING : path;
    }

    /// @return nanoseconds, [GrpcTimeout#FOREVER_NANOS] without one, or [GrpcTimeout#MALFORMED]
    long timeoutNanos() {
        CharSequence timeout = known(TIMEOUT);
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
        CharSequence encoding = known(ENCODING);
        return encoding != null && GZIP.contentEquals(encoding);
    }

    /// @return an encoding of messages that this server cannot read, or null
    @Nullable
    CharSequence unknownEncoding() {
        CharSequence encoding = known(ENCODING);
        return encoding == null || GZIP.contentEquals(encoding) || IDENTITY.contentEquals(encoding) ? null : encoding;
    }

    boolean takesGzip() {
        CharSequence accepted = known(ACCEPT_ENCODING);
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
        CharSequence id = known(REQUEST_ID);
        return id == null ? known(COMMON_REQUEST_ID) : id;
    }

    @Nullable
    CharSequence requestAuthority() {
        return known(AUTHORITY);
    }
}
