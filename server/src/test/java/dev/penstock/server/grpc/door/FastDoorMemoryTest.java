package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceFutureStub;
import dev.penstock.proto.inference.InferTensorContents;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// Peers that would have the server hold more than it should, over real sockets.
class FastDoorMemoryTest extends WireTests {

    FastDoorMemoryTest() throws IOException {}

    @Test
    void aMessageThatIsAnnouncedTooLargeIsRefused() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            wire.frame(Wire.DATA, 0, 1, new byte[] {0, 0x7f, 0, 0, 0, 1});

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u00018");
        }
    }

    @Test
    void aCallThatEndsBeforeItsRequestGivesBackWhatItHeld() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, "grpc-timeout", "20m");
            wire.headers(1, 0, block);
            wire.frame(Wire.DATA, 0, 1, new byte[] {0, 0, 0x7f, 0, 0, 1});

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u00014");
            assertThat(wire.await(Wire.RST_STREAM, 1).intAt(0)).isZero();
            assertThat(door.budget.held()).isZero();
        }
    }

    @Test
    void gzipBombsAreRefused() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 80; i++) {
                gzip.write(zeros);
            }
        }
        byte[] framed = ByteBuffer.allocate(bomb.size() + 5)
                .put((byte) 1)
                .putInt(bomb.size())
                .put(bomb.toByteArray())
                .array();
        try (Wire wire = new Wire(door.port(), WIDE)) {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, "grpc-encoding", "gzip");
            wire.headers(1, 0, block);
            for (int at = 0; at < framed.length; at += 16_384) {
                int end = Math.min(framed.length, at + 16_384);
                wire.frame(
                        Wire.DATA, end == framed.length ? Wire.END_STREAM : 0, 1, Arrays.copyOfRange(framed, at, end));
            }

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u00018").contains("once decompressed");
        }
    }

    @Test
    void aReaderThatDoesNotReadIsNotReadFrom() throws Exception {
        int calls = 1_000_000;
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.intFrame(Wire.WINDOW_UPDATE, 0, 1 << 30);
            wire.out.flush();
            AtomicInteger sent = new AtomicInteger();
            Thread writer = Thread.ofVirtual()
                    .start(() -> send(wire, calls, stream -> {
                        wire.open(stream);
                        wire.frame(Wire.DATA, Wire.END_STREAM, stream, body);
                        sent.incrementAndGet();
                    }));

            // The writer gets stuck: its bytes stay in the sockets' buffers once ours wait to be read.
            awaitStandstill(() -> sent.get() + model.offers.get());

            assertThat(sent).hasValueLessThan(calls);
            assertThat((long) model.offers.get() * answerBytes()).isLessThan(32L << 20);
            wire.socket.close();
            writer.join();
        }
    }

    // A machine that stalls looks the same; then more is sent later, and nothing here fails by it.
    private static void awaitStandstill(IntSupplier progress) throws InterruptedException {
        int before;
        int now = -1;
        do {
            before = now;
            Thread.sleep(1000);
            now = progress.getAsInt();
        } while (now != before);
    }

    @Test
    void answersThatNoWindowIsGivenForAreBounded() throws IOException {
        DoorSettings settings = TestDoor.settings(1 << 20, DoorSettings.NEVER_COMPRESS, ConnectionSettings.DEFAULT);
        try (TestDoor small = new TestDoor(settings, 4L << 20, new FakeModels(Runnable::run), List.of());
                Wire wire = new Wire(small.port(), 0)) {
            byte[] echo = Requests.framed(ModelInferRequest.newBuilder()
                    .setModelName("echo")
                    .addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                            .setName("i")
                            .setDatatype("UINT8")
                            .addShape(10_000))
                    .addRawInputContents(ByteString.copyFrom(new byte[10_000]))
                    .build());
            int stream = 1;
            for (; stream < 2 * 990; stream += 2) {
                wire.open(stream);
                wire.frame(Wire.DATA, Wire.END_STREAM, stream, echo);
            }
            wire.frame(Wire.PING, 0, 0, new byte[8]);
            wire.await(Wire.PING, 0);

            assertThat(small.budget.held()).isLessThan(5L << 20);
            assertThat(wire.seen.stream().filter(frame -> frame.text().contains("grpc-status\u00018")))
                    .isNotEmpty();
        }
    }

    @Test
    void elementsThatTakeMoreThanTheirMessageAreCounted() throws Exception {
        DoorSettings settings = TestDoor.settings(1 << 20, DoorSettings.NEVER_COMPRESS, ConnectionSettings.DEFAULT);
        LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
        try (TestDoor small = new TestDoor(settings, 4L << 20, new FakeModels(waiting::add), List.of())) {
            GRPCInferenceServiceFutureStub calls =
                    GRPCInferenceServiceGrpc.newFutureStub(small.channel).withDeadlineAfter(60, TimeUnit.SECONDS);
            ListenableFuture<ModelInferResponse> large = calls.modelInfer(typed("no-such-model", 900_000));
            ListenableFuture<ModelInferResponse> held = calls.modelInfer(typed("echo", 100_000));

            assertThatThrownBy(large::get).hasMessageContainingAll("RESOURCE_EXHAUSTED", "no room for 7200000 more");
            Runnable answer = waiting.take();
            assertThat(small.budget.held()).isGreaterThan(100_000 * Long.BYTES);
            answer.run();

            assertThat(held.get().getRawOutputContents(0))
                    .isEqualTo(ByteString.copyFrom(new byte[100_000 * Long.BYTES]));
            assertThat(small.budget.held()).isZero();
        }
    }

    private static ModelInferRequest typed(String name, int elements) {
        return ModelInferRequest.newBuilder()
                .setModelName(name)
                .addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                        .setName("i")
                        .setDatatype("INT64")
                        .addShape(elements)
                        .setContents(InferTensorContents.newBuilder()
                                .addAllInt64Contents(Collections.nCopies(elements, 0L))))
                .build();
    }
}
