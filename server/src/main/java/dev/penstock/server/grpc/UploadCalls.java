package dev.penstock.server.grpc;

import com.google.protobuf.MessageLite;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.server.upload.Places;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.function.Consumer;

/// Calls whose requests are read one by one by a thread that waits for them. Thread-safe.
///
/// @param <Q> one of those requests
final class UploadCalls<Q extends MessageLite> {
    private final WaitingCalls calls;
    private final Duration patience;
    private final NanoClock clock;

    /// @param what they do, for the caller and the log of a failure: "registering the version"
    /// @param patience with a caller that sends less than [IncomingParts#LEAST_BYTES]
    UploadCalls(String what, Places places, Duration patience, NanoClock clock) {
        this.calls = new WaitingCalls(what, places);
        this.patience = patience;
        this.clock = clock;
    }

    /// Hands what arrives to the thread that reads it.
    private record Arrivals<Q extends MessageLite>(IncomingParts<Q> parts) implements StreamObserver<Q> {
        @Override
        public void onNext(Q request) {
            parts.offer(request);
        }

        @Override
        public void onError(Throwable cause) {
            parts.abandon();
        }

        @Override
        public void onCompleted() {
            parts.complete();
        }
    }

    /// Has a call answered by `work`, or by what it throws. On the event loop where the call starts.
    StreamObserver<Q> start(ServerCallStreamObserver<?> call, Consumer<IncomingParts<Q>> work) {
        IncomingParts<Q> parts = new IncomingParts<>(() -> call.request(1), patience, clock);
        call.disableAutoRequest();
        call.setOnCancelHandler(parts::abandon);
        // Also of a call that the transport refuses in the middle.
        call.setOnCloseHandler(parts::abandon);
        try {
            calls.start(call, () -> work.accept(parts));
        } catch (ServingException e) {
            return refused(call, e);
        }
        call.request(1);
        return new Arrivals<>(parts);
    }

    /// Ends a call at once.
    static <Q> StreamObserver<Q> refused(ServerCallStreamObserver<?> call, ServingException cause) {
        call.onError(GrpcErrors.refusal(cause));
        return new StreamObserver<>() {
            @Override
            public void onNext(Q request) {
                // It was answered.
            }

            @Override
            public void onError(Throwable cause) {
                // As above.
            }

            @Override
            public void onCompleted() {
                // As above.
            }
        };
    }
}
