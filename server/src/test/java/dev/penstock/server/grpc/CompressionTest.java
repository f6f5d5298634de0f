package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.input;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.grpc.door.ConnectionSettings;
import dev.penstock.server.grpc.door.Wire;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Requests and answers as gzip.
@EachTransport
class CompressionTest {
    private static final int FROM_BYTES = 1000;
    private static final int LARGE = 10_000;
    private static final int PREFIX_BYTES = 5;

    private final GrpcTransport transport;
    private final DoorFixture fixture;

    CompressionTest(GrpcTransport transport) {
        this.transport = transport;
        fixture = new DoorFixture(
                DoorFixture.settings(transport, FROM_BYTES, ConnectionSettings.DEFAULT), () -> DoorFixture.NOW_NANOS);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ModelInferRequest request(int bytes) {
        return ModelInferRequest.newBuilder()
                .setModelName("echo-UINT8")
                .addInputs(input("x", "UINT8", bytes))
                .addRawInputContents(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    /// The first message of the answer, with its prefix.
    private static byte[] answer(int port, String accepted, ModelInferRequest request) throws IOException {
        try (Wire wire = new Wire(port, 1 << 20)) {
            ByteArrayOutputStream block = Wire.block();
            if (!accepted.isEmpty()) {
                Wire.literal(block, "grpc-accept-encoding", accepted);
            }
            wire.headers(1, 0, block);
            byte[] message = request.toByteArray();
            byte[] framed = ByteBuffer.allocate(message.length + PREFIX_BYTES)
                    .put((byte) 0)
                    .putInt(message.length)
                    .put(message)
                    .array();
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, framed);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            Wire.Frame frame = wire.next();
            while ((frame.flags() & Wire.END_STREAM) == 0 || frame.stream() != 1) {
                if (frame.type() == Wire.DATA) {
                    frame.payload().forEach(answer::write);
                }
                frame = wire.next();
            }
            return answer.toByteArray();
        }
    }

    @Test
    void aLargeAnswerIsCompressedForACallerThatTakesIt() throws IOException {
        byte[] answer = answer(fixture.door.port(), "identity, gzip", request(LARGE));

        assertThat(answer[0]).isEqualTo((byte) 1);
        assertThat(answer.length).isLessThan(FROM_BYTES);
        ByteArrayInputStream body = new ByteArrayInputStream(answer, PREFIX_BYTES, answer.length - PREFIX_BYTES);
        ModelInferResponse response = ModelInferResponse.parseFrom(new GZIPInputStream(body).readAllBytes());
        assertThat(response.getRawOutputContents(0)).isEqualTo(ByteString.copyFrom(new byte[LARGE]));
    }

    @Test
    void noOtherAnswerIsCompressed() throws IOException {
        assertThat(answer(fixture.door.port(), "gzip", request(10))[0]).isZero();
        assertThat(answer(fixture.door.port(), "", request(LARGE))[0]).isZero();
        assertThat(answer(fixture.door.port(), "identity,deflate", request(LARGE))[0])
                .isZero();
        try (DoorFixture unset = new DoorFixture(transport)) {
            assertThat(answer(unset.door.port(), "gzip", request(LARGE))[0]).isZero();
        }
    }

    @Test
    void bothDirectionsMayBeCompressed() {
        for (int bytes : new int[] {0, 10, LARGE, 500_000}) {
            ModelInferResponse response = fixture.stub.withCompression("gzip").modelInfer(request(bytes));

            assertThat(response.getRawOutputContents(0)).isEqualTo(ByteString.copyFrom(new byte[bytes]));
        }
    }

    @Test
    void streamsMayBeCompressedInBothDirections() throws Exception {
        assertThat(stream(request(LARGE)).getInferResponse().getRawOutputContents(0))
                .isEqualTo(ByteString.copyFrom(new byte[LARGE]));
    }

    @Test
    void aStreamIsEndedByAMessageThatGrowsOverTheLimit() {
        assertThat(catchCause(() -> stream(request(4 << 20))))
                .hasMessageContaining("RESOURCE_EXHAUSTED")
                .hasMessageContaining("once decompressed");
        assertThat(stream4(10)).isEqualTo(Status.Code.OK);
    }

    private Status.Code stream4(int bytes) {
        return fixture.stub.modelInfer(request(bytes)).getRawOutputContents(0).size() == bytes
                ? Status.Code.OK
                : Status.Code.UNKNOWN;
    }

    private interface Action {
        void run() throws Exception;
    }

    private static Throwable catchCause(Action action) {
        try {
            action.run();
            return new AssertionError("nothing failed");
        } catch (Exception e) {
            return e.getCause() == null ? e : e.getCause();
        }
    }

    private ModelStreamInferResponse stream(ModelInferRequest request) throws Exception {
        CompletableFuture<ModelStreamInferResponse> answer = new CompletableFuture<>();
        StreamObserver<ModelInferRequest> stream = GRPCInferenceServiceGrpc.newStub(fixture.channel)
                .withCompression("gzip")
                .modelStreamInfer(new StreamObserver<>() {
                    @Override
                    public void onNext(ModelStreamInferResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        stream.onNext(request);
        ModelStreamInferResponse response = answer.get(120, TimeUnit.SECONDS);
        stream.onCompleted();
        return response;
    }
}
