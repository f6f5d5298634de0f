package dev.penstock.loadtest.target;

import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.TensorSpec;
import dev.penstock.loadtest.input.WireMessages;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelMetadataRequest;
import dev.penstock.proto.inference.ModelMetadataResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Asks by gRPC. One question at a time.
final class GrpcInferClient implements InferClient {
    private static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("x-penstock-request-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final long CLOSE_SECONDS = 2;

    private final ManagedChannel channel;
    private final Duration timeout;

    GrpcInferClient(String host, int port, Duration timeout) {
        this.channel = NettyChannelBuilder.forAddress(host, port)
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        this.timeout = timeout;
    }

    @Override
    public Outcome<List<TensorSpec>> inputs(String model, String version) {
        return metadata(model, version).map(metadata -> specs(metadata.getInputsList()));
    }

    Outcome<ModelMetadataResponse> metadata(String model, String version) {
        ModelMetadataRequest request = ModelMetadataRequest.newBuilder()
                .setName(model)
                .setVersion(version)
                .build();
        return ask(stub -> stub.modelMetadata(request));
    }

    static List<TensorSpec> specs(List<ModelMetadataResponse.TensorMetadata> tensors) {
        return tensors.stream()
                .map(tensor -> new TensorSpec(tensor.getName(), tensor.getDatatype(), tensor.getShapeList()))
                .toList();
    }

    @Override
    public Outcome<ObjectNode> infer(String model, String version, Map<String, String> headers, ObjectNode request) {
        ModelInferRequest message = WireMessages.request(model, version, request);
        return ask(headers, stub -> stub.modelInfer(message)).map(WireMessages::reply);
    }

    <A> Outcome<A> ask(Function<GRPCInferenceServiceBlockingStub, A> question) {
        return ask(Map.of(), question);
    }

    /// @param headers by lower-case name
    <A> Outcome<A> ask(Map<String, String> headers, Function<GRPCInferenceServiceBlockingStub, A> question) {
        ClientInterceptor attaching = MetadataUtils.newAttachHeadersInterceptor(metadata(headers));
        return answer(capturing -> question.apply(GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .withInterceptors(attaching, capturing)));
    }

    /// The first message of the answer to one that is sent as it is, whatever kind of method it is for.
    ///
    /// @param path `/package.Service/Method`
    /// @param patience instead of this client's timeout
    Outcome<byte[]> send(String path, Map<String, String> headers, byte[] message, Duration patience) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(patience.toNanos(), TimeUnit.NANOSECONDS);
        return answer(capturing -> {
            Channel calling = ClientInterceptors.intercept(
                    channel, capturing, MetadataUtils.newAttachHeadersInterceptor(metadata(headers)));
            Context.CancellableContext context = Context.current().withCancellation();
            Context before = context.attach();
            try {
                Iterator<byte[]> answers =
                        ClientCalls.blockingServerStreamingCall(calling, AnyMessage.method(path), options, message);
                if (!answers.hasNext()) {
                    throw Status.INTERNAL
                            .withDescription("the call ended well and without an answer")
                            .asRuntimeException();
                }
                return answers.next();
            } finally {
                // More of the answer is of no interest.
                context.detachAndCancel(before, null);
            }
        });
    }

    private static Metadata metadata(Map<String, String> headers) {
        Metadata metadata = new Metadata();
        headers.forEach((name, value) -> {
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                metadata.put(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), binary(name, value));
            } else {
                metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
            }
        });
        return metadata;
    }

    private static byte[] binary(String name, String value) {
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw new InputError("header " + name + " (expected: base64, as its name ends in -bin)");
        }
    }

    private static <A> Outcome<A> answer(Function<ClientInterceptor, A> question) {
        AtomicReference<@Nullable Metadata> headers = new AtomicReference<>();
        AtomicReference<@Nullable Metadata> trailers = new AtomicReference<>();
        ClientInterceptor capturing = MetadataUtils.newCaptureMetadataInterceptor(headers, trailers);
        try {
            return new Outcome.Answered<>(question.apply(capturing), requestId(headers.get()));
        } catch (StatusRuntimeException e) {
            Status status = e.getStatus();
            String reason = status.getDescription() == null ? "" : status.getDescription();
            String fault = connectionFault(status);
            return fault.isEmpty()
                    ? new Outcome.Refused<>(status.getCode().name(), reason, requestId(e.getTrailers()))
                    : new Outcome.Unreachable<>(fault);
        }
    }

    private static String requestId(@Nullable Metadata metadata) {
        String id = metadata == null ? null : metadata.get(REQUEST_ID);
        return id == null ? "" : id;
    }

    // UNAVAILABLE is also what a server says that is there but not ready; then nothing below gRPC has failed.
    private static String connectionFault(Status status) {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Http2Exception) {
                return "what answers there does not speak gRPC; for its HTTP port say http://";
            }
            if (cause instanceof IOException && status.getCode() == Status.Code.UNAVAILABLE) {
                return String.valueOf(cause.getMessage());
            }
        }
        return "";
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
