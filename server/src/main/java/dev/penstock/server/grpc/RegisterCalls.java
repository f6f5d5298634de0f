package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.proto.admin.RegisterRequest;
import dev.penstock.proto.admin.RegisterResponse;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.RegisterOrder.Content;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.upload.Places;
import dev.penstock.server.upload.ReceivedFiles;
import dev.penstock.server.upload.UploadSettings;
import dev.penstock.server.wire.HeaderText;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Registers versions: receives what comes with the call, tells each step, and ends with what became of it.
/// Thread-safe.
final class RegisterCalls {
    /// Also those that have not said yet what they bring.
    private static final int MAX_CALLS = 64;

    private final ModelAdmin admin;
    private final UploadSettings uploads;
    private final UploadCalls<RegisterRequest> calls;

    /// @param patience with a caller that sends less than [IncomingParts#LEAST_BYTES]
    RegisterCalls(ModelAdmin admin, UploadSettings uploads, Duration patience, NanoClock clock) {
        this.admin = admin;
        this.uploads = uploads;
        this.calls = new UploadCalls<>("registering the version", new Places(MAX_CALLS), patience, clock);
    }

    /// Answers a call on the event loop where it starts.
    StreamObserver<RegisterRequest> start(ServerCallStreamObserver<RegisterResponse> call, Exposure exposure) {
        return calls.start(call, parts -> run(call, parts, exposure));
    }

    private void run(
            ServerCallStreamObserver<RegisterResponse> call, IncomingParts<RegisterRequest> parts, Exposure exposure) {
        RegisterRequest first = first(parts);
        boolean fetched = !first.getOrder().getUri().isEmpty();
        Places places = fetched ? uploads.downloads() : uploads.places();
        places.take();
        try {
            register(call, first, parts, exposure);
        } finally {
            places.give();
        }
    }

    private static RegisterRequest first(IncomingParts<RegisterRequest> parts) {
        try {
            RegisterRequest first = parts.next();
            if (first == null || !first.hasOrder()) {
                throw ServingException.invalid("the first message has no order (expected: the order, then its files)");
            }
            AdminOrders.check(first.getOrder());
            return first;
        } catch (BrokenUpload e) {
            throw new ServingException(e.code(), String.valueOf(e.getMessage()));
        }
    }

    private void register(
            ServerCallStreamObserver<RegisterResponse> call,
            RegisterRequest first,
            IncomingParts<RegisterRequest> parts,
            Exposure exposure) {
        RegisterOrder order = received(first, parts);
        exposure.model(order.model());
        exposure.version(order.version());
        Registration registration =
                admin.register(order, exposure.principal(), event -> tell(call, event), call::isCancelled);
        exposure.version(registration.version().number());
        RegisterResponse outcome = RegisterResponse.newBuilder()
                .setRegistration(AdminMessages.registration(registration))
                .build();
        synchronized (call) {
            call.onNext(outcome);
            if (registration.failed()) {
                call.onError(Status.FAILED_PRECONDITION
                        .withDescription(HeaderText.message(registration.error()))
                        .asRuntimeException());
            } else {
                call.onCompleted();
            }
        }
    }

    /// Events come from several threads, and calls take one at a time.
    private static void tell(ServerCallStreamObserver<RegisterResponse> call, LifecycleEvent event) {
        RegisterResponse told = RegisterResponse.newBuilder()
                .setEvent(AdminMessages.event(event))
                .build();
        synchronized (call) {
            // Who does not read is not told all of it: the outcome is what counts.
            if (call.isReady()) {
                call.onNext(told);
            }
        }
    }

    private RegisterOrder received(RegisterRequest first, IncomingParts<RegisterRequest> parts) {
        try {
            return receive(first, parts);
        } catch (BrokenUpload e) {
            throw new ServingException(e.code(), String.valueOf(e.getMessage()));
        } catch (FetchException e) {
            // Whatever came of it, if the upload broke off that is the reason.
            if (e.getCause() instanceof BrokenUpload broken) {
                throw new ServingException(broken.code(), String.valueOf(broken.getMessage()));
            }
            throw new ServingException(codeOf(e.reason()), String.valueOf(e.getMessage()));
        }
    }

    private RegisterOrder receive(RegisterRequest first, IncomingParts<RegisterRequest> parts) throws BrokenUpload {
        @Nullable ChunkedFile file = ChunkedFile.first(parts);
        if (!first.getOrder().getUri().isEmpty()) {
            return fetched(first, file);
        }
        try (ReceivedFiles files = new ReceivedFiles(uploads.files(), uploads.maxBytes())) {
            RegisterOrder order = received(first, file, files);
            files.handOver();
            return order;
        }
    }

    private static RegisterOrder received(RegisterRequest first, @Nullable ChunkedFile from, ReceivedFiles files)
            throws BrokenUpload {
        ChunkedFile file = from;
        while (file != null) {
            String sha256 = ReceivedFiles.checkSha256(file.sha256(), "sha256 of " + HeaderText.quote(file.path()));
            files.add(file.path(), file, sha256);
            file = file.next();
        }
        if (files.isEmpty()) {
            throw ServingException.invalid("no files and no uri (expected: chunks of files after the order, or a uri)");
        }
        return AdminOrders.order(
                first.getOrder(), files.content(first.getOrder().getSha256()));
    }

    private static RegisterOrder fetched(RegisterRequest first, @Nullable ChunkedFile file) {
        if (file != null) {
            throw ServingException.invalid("uri: '%s' (expected: none, as files come after the order)"
                    .formatted(HeaderText.quote(first.getOrder().getUri())));
        }
        Content content =
                new Content.Fetched(first.getOrder().getUri(), first.getOrder().getSha256());
        return AdminOrders.order(first.getOrder(), content);
    }

    private static ErrorCode codeOf(FetchException.Reason reason) {
        return switch (reason) {
            case REFUSED, CORRUPT -> ErrorCode.INVALID_ARGUMENT;
            case NOT_FOUND -> ErrorCode.NOT_FOUND;
            case TOO_LARGE -> ErrorCode.TOO_LARGE;
            case UNREACHABLE -> ErrorCode.NOT_READY;
            case DISK -> ErrorCode.OVERLOADED;
        };
    }
}
