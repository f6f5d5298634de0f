package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelConfigRequest;
import dev.penstock.proto.inference.ServerLiveRequest;
import dev.penstock.proto.inference.ServerLiveResponse;
import dev.penstock.proto.inference.ServerMetadataRequest;
import dev.penstock.proto.inference.ServerMetadataResponse;
import dev.penstock.proto.inference.ServerReadyRequest;
import dev.penstock.proto.inference.ServerReadyResponse;
import io.grpc.Context;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// RPCs that grpc-java service definitions answer on the door's port.
class BridgeTest {
    private static final Metadata.Key<String> TEXT = Metadata.Key.of("x-text", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> BYTES = Metadata.Key.of("x-bytes-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final HealthStatusManager health = new HealthStatusManager();
    private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    private final TestDoor door;

    BridgeTest() throws IOException {
        door = new TestDoor(
                TestDoor.settings(),
                new FakeModels(Runnable::run),
                List.of(
                        health.getHealthService().bindService(),
                        ProtoReflectionServiceV1.newInstance().bindService(),
                        deaf(),
                        ServerInterceptors.intercept(new Service(), new Repeat())));
    }

    @AfterEach
    void close() {
        door.close();
    }

    /// Some methods of the protocol, with a wish of their own each.
    private final class Service extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
        @Override
        public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> answers) {
            // From another thread, a little later.
            Thread.ofVirtual().start(() -> {
                answers.onNext(ServerLiveResponse.newBuilder().setLive(true).build());
                answers.onCompleted();
            });
        }

        @Override
        public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> answers) {
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> answers) {
            // Never answers; tells when its call is over.
            Context.current().addListener(context -> cancelled.complete(true), Runnable::run);
        }
    }

    /// Sends metadata back as it came, in the headers and the trailers.
    private static final class Repeat implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            Metadata repeated = new Metadata();
            if (headers.containsKey(TEXT)) {
                repeated.put(TEXT, headers.get(TEXT));
                repeated.put(BYTES, headers.get(BYTES));
            }
            return next.startCall(
                    new ForwardingServerCall.SimpleForwardingServerCall<Q, A>(call) {
                        @Override
                        public void sendHeaders(Metadata own) {
                            own.merge(repeated);
                            super.sendHeaders(own);
                        }

                        @Override
                        public void close(Status status, Metadata own) {
                            own.merge(repeated);
                            super.close(status, own);
                        }
                    },
                    headers);
        }
    }

    @Test
    void healthIsChecked() {
        health.setStatus("m", ServingStatus.NOT_SERVING);
        HealthGrpc.HealthBlockingStub stub = HealthGrpc.newBlockingStub(door.channel);

        assertThat(stub.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThat(stub.check(HealthCheckRequest.newBuilder().setService("m").build())
                        .getStatus())
                .isEqualTo(ServingStatus.NOT_SERVING);
        assertThatThrownBy(() -> stub.check(
                        HealthCheckRequest.newBuilder().setService("x").build()))
                .hasMessageContaining("NOT_FOUND");
    }

    @Test
    void healthIsWatched() {
        Iterator<HealthCheckResponse> watch = HealthGrpc.newBlockingStub(door.channel)
                .withDeadlineAfter(120, TimeUnit.SECONDS)
                .watch(HealthCheckRequest.newBuilder().setService("m").build());
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);

        health.setStatus("m", ServingStatus.SERVING);
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
        health.setStatus("m", ServingStatus.NOT_SERVING);
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void watchesEndWhenTheDoorGoesAway() {
        Iterator<HealthCheckResponse> watch = HealthGrpc.newBlockingStub(door.channel)
                .withDeadlineAfter(120, TimeUnit.SECONDS)
                .watch(HealthCheckRequest.getDefaultInstance());
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);

        assertThat(door.door.drain(Duration.ofMinutes(2))).isTrue();

        assertThatThrownBy(watch::hasNext).hasMessageContaining("UNAVAILABLE");
    }

    private static final class Reflected implements StreamObserver<ServerReflectionResponse> {
        final LinkedBlockingQueue<ServerReflectionResponse> responses = new LinkedBlockingQueue<>();
        final CompletableFuture<Boolean> end = new CompletableFuture<>();

        @Override
        public void onNext(ServerReflectionResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            end.completeExceptionally(cause);
        }

        @Override
        public void onCompleted() {
            end.complete(true);
        }
    }

    @Test
    void reflectionListsServices() throws Exception {
        Reflected answers = new Reflected();
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(door.channel).serverReflectionInfo(answers);
        for (int i = 0; i < 100; i++) {
            requests.onNext(ServerReflectionRequest.newBuilder()
                    .setFileContainingSymbol("nothing" + i)
                    .build());
        }
        for (int i = 0; i < 100; i++) {
            assertThat(answers.responses.take().getOriginalRequest().getFileContainingSymbol())
                    .isEqualTo("nothing" + i);
        }
        requests.onCompleted();

        assertThat(answers.end.get(120, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void answersMayComeFromAnyThreadAndCarryMetadata() {
        Metadata metadata = new Metadata();
        metadata.put(TEXT, "a text");
        metadata.put(BYTES, new byte[] {0, -1, 5});
        var headers = new AtomicReference<Metadata>();
        var trailers = new AtomicReference<Metadata>();

        ServerLiveResponse response = door.stub()
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(metadata),
                        MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
                .serverLive(ServerLiveRequest.getDefaultInstance());

        assertThat(response.getLive()).isTrue();
        assertThat(headers.get().get(TEXT)).isEqualTo("a text");
        assertThat(headers.get().get(BYTES)).isEqualTo(new byte[] {0, -1, 5});
        assertThat(trailers.get().get(BYTES)).isEqualTo(new byte[] {0, -1, 5});
        assertThat(headers.get().keys()).contains("x-penstock-request-id");
    }

    @Test
    void metadataThatGrpcHasNoNameForIsLeftOut() throws IOException {
        try (Wire wire = new Wire(door.port(), 1 << 20)) {
            for (String name : List.of("x!y", "-bin", "x~-bin")) {
                ByteArrayOutputStream block = call("ServerLive");
                Wire.literal(block, name, "AAAA");
                int stream = wire.seen.size() * 2 + 1;
                wire.headers(stream, 0, block);
                wire.frame(Wire.DATA, Wire.END_STREAM, stream, new byte[5]);

                assertThat(wire.answer(stream).isOk()).as(name).isTrue();
            }
        }
    }

    @Test
    void whatAHandlerDoesNotAskForStaysInTheWindow() throws IOException {
        try (Wire wire = new Wire(door.port(), 1 << 20)) {
            wire.headers(1, 0, deafCall());
            for (int i = 0; i < 3; i++) {
                // Messages of 16,379 bytes, most of the window that streams begin with.
                wire.frame(
                        Wire.DATA,
                        0,
                        1,
                        ByteBuffer.allocate(16_384).putInt(1, 16_379).array());
            }
            wire.frame(Wire.PING, 0, 0, new byte[8]);
            wire.await(Wire.PING, 0);
            wire.frame(Wire.PING, 0, 0, new byte[8]);
            wire.await(Wire.PING, 0);

            assertThat(wire.seen.stream().filter(frame -> frame.type() == Wire.WINDOW_UPDATE && frame.stream() == 1))
                    .isEmpty();
        }
    }

    /// One method that takes a stream of messages, and never asks for any.
    static ServerServiceDefinition deaf() {
        MethodDescriptor<ServerLiveRequest, ServerLiveResponse> method =
                MethodDescriptor.<ServerLiveRequest, ServerLiveResponse>newBuilder()
                        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                        .setFullMethodName("test.Deaf/Listen")
                        .setRequestMarshaller(ProtoUtils.marshaller(ServerLiveRequest.getDefaultInstance()))
                        .setResponseMarshaller(ProtoUtils.marshaller(ServerLiveResponse.getDefaultInstance()))
                        .build();
        return ServerServiceDefinition.builder("test.Deaf")
                .addMethod(method, (call, headers) -> new ServerCall.Listener<>() {})
                .build();
    }

    static ByteArrayOutputStream deafCall() {
        return block("/test.Deaf/Listen");
    }

    private static ByteArrayOutputStream call(String method) {
        return block("/inference.GRPCInferenceService/" + method);
    }

    private static ByteArrayOutputStream block(String path) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83);
        block.write(0x86);
        Wire.path(block, path);
        Wire.grpc(block);
        return block;
    }

    @Test
    void aHandlerThatThrowsFailsItsCallOnly() {
        assertThatThrownBy(() -> door.stub().serverReady(ServerReadyRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN));

        assertThat(door.stub()
                        .serverLive(ServerLiveRequest.getDefaultInstance())
                        .getLive())
                .isTrue();
    }

    @Test
    void deadlinesReachTheHandler() throws Exception {
        try (Wire wire = new Wire(door.port(), 1 << 20)) {
            ByteArrayOutputStream block = call("ServerMetadata");
            // By the server's clock, and from when it has read the headers: the message comes with them.
            Wire.literal(block, "grpc-timeout", "100m");
            wire.headers(1, 0, block);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, new byte[5]);

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u00014");
            assertThat(cancelled.get(120, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void cancellationReachesTheHandler() throws Exception {
        try (Wire wire = new Wire(door.port(), 1 << 20)) {
            wire.headers(1, 0, call("ServerMetadata"));
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, new byte[5]);
            wire.frame(Wire.PING, 0, 0, new byte[8]);
            wire.await(Wire.PING, 0);
            assertThat(cancelled).isNotDone();

            wire.intFrame(Wire.RST_STREAM, 1, 8);
            wire.out.flush();

            assertThat(cancelled.get(120, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void unknownMethodsAreUnimplemented() {
        assertThatThrownBy(() -> door.stub().modelConfig(ModelConfigRequest.getDefaultInstance()))
                .hasMessageContaining("UNIMPLEMENTED");
        try (TestDoor bare = new TestDoor(new FakeModels(Runnable::run))) {
            assertThatThrownBy(() -> bare.stub().serverLive(ServerLiveRequest.getDefaultInstance()))
                    .hasMessageContaining("UNIMPLEMENTED: Method not found: inference.GRPCInferenceService/ServerLive");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
