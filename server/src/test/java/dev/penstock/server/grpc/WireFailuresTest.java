package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.digits;
import static dev.penstock.server.grpc.DoorFixture.failureOf;
import static dev.penstock.server.grpc.DoorFixture.floats;
import static dev.penstock.server.grpc.DoorFixture.input;
import static dev.penstock.server.grpc.DoorFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.penstock.core.batching.Pending;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStatisticsRequest;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.ServerReadyRequest;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EachTransport
class WireFailuresTest {
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final DoorFixture fixture;

    WireFailuresTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private byte[] callRaw(String method, byte[] message) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .build();
        return ClientCalls.blockingUnaryCall(fixture.channel, descriptor, CallOptions.DEFAULT, message);
    }

    private void assertStillAnswers() {
        assertThat(fixture.stub.modelInfer(digits().build()).getModelVersion()).isEqualTo("2");
    }

    @Test
    void aTruncatedMessageIsTheCallersFault() {
        byte[] whole = digits().build().toByteArray();

        StatusRuntimeException failure = failureOf(
                () -> callRaw("inference.GRPCInferenceService/ModelInfer", Arrays.copyOf(whole, whole.length - 7)));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription()).contains("truncated or malformed ModelInferRequest");
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).isNotEmpty();
        assertStillAnswers();
    }

    @Test
    void noRandomBytesBreakTheDoor() {
        long seed = 20_260_101;
        Random random = new Random(seed);
        byte[] whole = digits().build().toByteArray();
        for (int i = 0; i < 2_000; i++) {
            byte[] message = whole.clone();
            for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                message[random.nextInt(random.nextBoolean() ? 40 : message.length)] = (byte) random.nextInt();
            }
            try {
                callRaw("inference.GRPCInferenceService/ModelInfer", message);
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode())
                        .as("round %d of seed %d: %s", i, seed, e)
                        .isIn(
                                Status.Code.INVALID_ARGUMENT,
                                Status.Code.NOT_FOUND,
                                Status.Code.UNIMPLEMENTED,
                                Status.Code.UNAVAILABLE);
            }
        }

        assertStillAnswers();
        assertThat(fixture.leases()).isZero();
    }

    @Test
    void anOversizedMessageLearnsSizeLimitAndSetting() {
        ModelInferRequest request =
                digits().setRawInputContents(0, floats(1 << 20)).build();

        StatusRuntimeException failure = failureOf(() -> fixture.stub.modelInfer(request));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(failure.getStatus().getDescription())
                .isEqualTo("the message has " + request.getSerializedSize()
                        + " bytes (expected: at most 1048576, the setting grpc.max-message-bytes)");
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).isNotEmpty();
        assertStillAnswers();
    }

    @Test
    void aMessageThatGrowsOverTheLimitLearnsTheSetting() {
        ModelInferRequest request = digits().setRawInputContents(0, ByteString.copyFrom(new byte[4 << 20]))
                .build();

        StatusRuntimeException failure =
                failureOf(() -> fixture.stub.withCompression("gzip").modelInfer(request));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(failure.getStatus().getDescription())
                .contains("more than 1048576 bytes once decompressed", "grpc.max-message-bytes");
        assertStillAnswers();
    }

    @Test
    void compressedMessagesAreRead() {
        ModelInferResponse reply = fixture.stub.withCompression("gzip").modelInfer(digits().build());

        assertThat(reply.getRawOutputContents(0)).isEqualTo(floats(64));
    }

    @Test
    void theOtherStreamsOfTheConnectionGoOn() throws Exception {
        LinkedBlockingQueue<Pending> waiting = new LinkedBlockingQueue<>();
        fixture.batcher.behaviour = waiting::add;
        ListenableFuture<ModelInferResponse> neighbour =
                GRPCInferenceServiceGrpc.newFutureStub(fixture.channel).modelInfer(digits().build());
        Pending pending = waiting.poll(120, TimeUnit.SECONDS);

        failureOf(() -> callRaw("inference.GRPCInferenceService/ModelInfer", new byte[] {1, 2, 3}));
        failureOf(() -> callRaw("inference.GRPCInferenceService/ModelInfer", new byte[2 << 20]));
        FakeBatcher.echo(Objects.requireNonNull(pending));

        assertThat(neighbour.get(120, TimeUnit.SECONDS).getModelVersion()).isEqualTo("2");
    }

    @Test
    void anUnknownMethodIsUnimplemented() {
        StatusRuntimeException failure =
                failureOf(() -> callRaw("inference.GRPCInferenceService/ModelGuess", new byte[0]));
        StatusRuntimeException otherService = failureOf(() -> callRaw("some.Service/Call", new byte[0]));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(failure.getStatus().getDescription())
                .isEqualTo("Method not found: inference.GRPCInferenceService/ModelGuess");
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).isNotEmpty();
        assertThat(otherService.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertStillAnswers();
    }

    @Test
    void methodsThatAreOnlyDeclaredAreUnimplemented() {
        StatusRuntimeException failure =
                failureOf(() -> fixture.stub.modelStatistics(ModelStatisticsRequest.getDefaultInstance()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).isNotEmpty();
    }

    @Test
    void aFaultOfOursIsInternalAndTellsNothing() {
        fixture.catalog.put("digits");
        fixture.catalog.onLoad = name -> {
            throw new IllegalStateException("secret");
        };

        StatusRuntimeException failure = failureOf(() -> fixture.stub.repositoryModelLoad(
                RepositoryModelLoadRequest.newBuilder().setModelName("digits").build()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(failure.getStatus().getDescription())
                .doesNotContain("secret")
                .contains("see the server's log");
        assertStillAnswers();
    }

    @Test
    void aHandlerThatThrowsOnTheEventLoopIsInternalAndTellsNothing() {
        fixture.catalog.failure = new IllegalStateException("secret");

        StatusRuntimeException failure =
                failureOf(() -> fixture.stub.serverReady(ServerReadyRequest.getDefaultInstance()));
        fixture.catalog.failure = null;

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(failure.getStatus().getDescription())
                .isEqualTo("inference.GRPCInferenceService/ServerReady failed; see the server's log");
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).isNotEmpty();
        assertStillAnswers();
    }

    @Test
    void aFullQueueAsksToComeBackLater() {
        fixture.batcher.full = true;

        StatusRuntimeException failure = failureOf(() -> fixture.stub.modelInfer(digits().build()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(failure.getStatus().getDescription()).contains("Exceeds maximum queue size");
        assertThat(value(failure.getTrailers(), "grpc-retry-pushback-ms")).isEqualTo("100");
        assertThat(fixture.leases()).isZero();
    }

    @Test
    void rankAboveTheLimitIsNotRead() {
        StatusRuntimeException failure = failureOf(() -> fixture.stub.modelInfer(
                digits().setInputs(0, input("image", "FP32", new long[9])).build()));

        assertThat(failure.getStatus().getDescription()).contains("has 9 dimensions (expected: at most 8)");
    }
}
