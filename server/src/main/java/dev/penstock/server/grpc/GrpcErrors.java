package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.StatusCodes;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/// What the core's refusals are in gRPC.
final class GrpcErrors {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    private static final String PUSHBACK_MILLIS = "100";

    /// An answer, not a surprise: it has no stack trace.
    private static final class Refusal extends StatusRuntimeException {
        Refusal(Status status, Metadata trailers) {
            super(status, trailers);
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // Nothing is written.
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    private GrpcErrors() {}

    static Status.Code codeOf(ErrorCode code) {
        return Status.fromCodeValue(StatusCodes.grpc(code)).getCode();
    }

    static Status status(ErrorCode code, String message) {
        return codeOf(code).toStatus().withDescription(HeaderText.message(message));
    }

    /// What `StreamObserver.onError` takes.
    static StatusRuntimeException refusal(ErrorCode code, String message) {
        Metadata trailers = new Metadata();
        if (code == ErrorCode.OVERLOADED) {
            trailers.put(PUSHBACK, PUSHBACK_MILLIS);
        }
        return new Refusal(status(code, message), trailers);
    }

    static StatusRuntimeException refusal(ServingException cause) {
        return refusal(cause.code(), cause.reason());
    }
}
