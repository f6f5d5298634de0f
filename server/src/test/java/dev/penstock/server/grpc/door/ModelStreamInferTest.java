package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// ModelStreamInfer as a stock client and as hand-made frames see it.
class ModelStreamInferTest {
    private final Random random = new Random(13);
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final FlopsModel tiny = FlopsModel.of("tiny", 16, Runnable::run);
    private final FlopsModel slow = FlopsModel.of("slow", 16, workers);
    private final FlopsModel held = FlopsModel.holding("held", 16);
    private final TestDoor door;

    ModelStreamInferTest() throws IOException {
        door = new TestDoor(new FakeModels(workers).with(tiny).with(slow).with(held));
    }

    @AfterEach
    void close() {
        door.close();
        workers.shutdownNow();
        for (FlopsModel model : List.of(tiny, slow, held)) {
            assertThat(model.unreleased).hasValue(0);
        }
    }

    /// What one stream was answered.
    private static final class Answers implements StreamObserver<ModelStreamInferResponse> {
        final BlockingQueue<ModelStreamInferResponse> responses = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onNext(ModelStreamInferResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable cause) {
            end.complete(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        Status.Code status() throws Exception {
            return end.get(120, TimeUnit.SECONDS).getCode();
        }
    }

    private StreamObserver<ModelInferRequest> open(Answers answers) {
        return GRPCInferenceServiceGrpc.newStub(door.channel).modelStreamInfer(answers);
    }

    @Test
    void everyRequestIsAnswered() throws Exception {
        Answers answers = new Answers();
        StreamObserver<ModelInferRequest> requests = open(answers);
        Map<String, ModelInferRequest> sent = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            ModelInferRequest request = Requests.of(i % 3 == 0 ? "slow" : "tiny", 1, 16, "s" + i, random);
            sent.put(request.getId(), request);
            requests.onNext(request);
        }
        requests.onCompleted();

        assertThat(answers.status()).isEqualTo(Status.Code.OK);
        assertThat(answers.responses).hasSize(3000);
        for (ModelStreamInferResponse response : answers.responses) {
            ModelInferRequest request = sent.remove(response.getInferResponse().getId());
            assertThat(request).isNotNull();
            Requests.check(request, response.getInferResponse());
            assertThat(response.getInferResponse()
                            .getParametersOrThrow("triton_final_response")
                            .getBoolParam())
                    .isTrue();
        }
    }

    @Test
    void aFailedRequestLeavesTheStreamOpen() throws Exception {
        Answers answers = new Answers();
        StreamObserver<ModelInferRequest> requests = open(answers);
        requests.onNext(Requests.of("nope", 1, 16, "bad", random));
        ModelStreamInferResponse error = answers.responses.take();
        ModelInferRequest good = Requests.tiny("good", random);
        requests.onNext(good);

        assertThat(error.getErrorMessage()).contains("unknown model: 'nope'");
        assertThat(error.getInferResponse().getId()).isEqualTo("bad");
        Requests.check(good, answers.responses.take().getInferResponse());
        requests.onCompleted();
        assertThat(answers.status()).isEqualTo(Status.Code.OK);
    }

    @Test
    void anEmptyStreamEndsWell() throws Exception {
        Answers answers = new Answers();

        open(answers).onCompleted();

        assertThat(answers.status()).isEqualTo(Status.Code.OK);
    }

    @Test
    void largeRequestsAndAnswersPass() throws Exception {
        Answers answers = new Answers();
        StreamObserver<ModelInferRequest> requests = open(answers);
        byte[] bytes = new byte[2_000_000];
        random.nextBytes(bytes);
        for (int i = 0; i < 20; i++) {
            requests.onNext(ModelInferRequest.newBuilder()
                    .setModelName("echo")
                    .addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                            .setName("i")
                            .setDatatype("UINT8")
                            .addShape(bytes.length))
                    .addRawInputContents(ByteString.copyFrom(bytes))
                    .build());
        }
        requests.onCompleted();

        assertThat(answers.status()).isEqualTo(Status.Code.OK);
        assertThat(answers.responses)
                .hasSize(20)
                .allMatch(response ->
                        response.getInferResponse().getRawOutputContents(0).equals(ByteString.copyFrom(bytes)));
    }

    @Test
    void aCancelledStreamAbandonsItsRequests() throws Exception {
        Answers answers = new Answers();
        StreamObserver<ModelInferRequest> requests = open(answers);
        requests.onNext(Requests.of("held", 1, 16, "h", random));
        Runnable outcome = held.takeHeld();

        ((ClientCallStreamObserver<ModelInferRequest>) requests).cancel("test", null);
        ModelInferRequest next = Requests.tiny("n", random);
        Requests.check(next, door.stub().modelInfer(next));
        outcome.run();

        Requests.check(next, door.stub().modelInfer(next));
    }

    @Test
    void moreThanAStreamMayHaveUnderWayWaitsInItsWindow() throws Exception {
        Answers answers = new Answers();
        StreamObserver<ModelInferRequest> requests = open(answers);
        for (int i = 0; i < 5000; i++) {
            requests.onNext(Requests.of("held", 1, 16, "w" + i, random));
        }
        requests.onCompleted();
        List<Runnable> first = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            first.add(held.takeHeld());
        }
        ModelInferRequest other = Requests.tiny("o", random);
        Requests.check(other, door.stub().modelInfer(other));
        assertThat(held.heldCount()).isZero();

        first.forEach(Runnable::run);
        for (int i = 1024; i < 5000; i++) {
            held.takeHeld().run();
        }

        assertThat(answers.status()).isEqualTo(Status.Code.OK);
        assertThat(answers.responses).hasSize(5000);
    }

    @Test
    void messagesMayBeCutAnywhere() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < 40; i++) {
            body.writeBytes(Requests.framed(Requests.tiny("cut" + i, random)));
        }
        for (int size : new int[] {1, 3, 7, 100, 1000}) {
            try (Wire wire = new Wire(door.port(), 1 << 20)) {
                sendInPieces(wire, body.toByteArray(), size);

                Wire.Answer answer = wire.answer(1);
                assertThat(answer.isOk())
                        .as("pieces of %d bytes: %s", size, answer)
                        .isTrue();
                assertThat(wire.seen.stream().filter(frame -> frame.type() == Wire.DATA))
                        .hasSize(40);
            }
        }
    }

    @Test
    void aStreamThatDrainsTakesNoMore() throws Exception {
        try (Wire wire = new Wire(door.port(), 1 << 20)) {
            open(wire, 1);
            wire.frame(Wire.DATA, 0, 1, Requests.framed(Requests.of("held", 1, 16, "d1", random)));
            wire.out.flush();
            Runnable outcome = held.takeHeld();
            Future<Boolean> drained = workers.submit(() -> door.door.drain(Duration.ofMinutes(2)));
            wire.await(Wire.GOAWAY, 0);
            wire.frame(Wire.DATA, 0, 1, Requests.framed(Requests.of("held", 1, 16, "d2", random)));
            wire.frame(Wire.PING, 0, 0, new byte[8]);
            while (wire.await(Wire.PING, 0).flags() == 0) {
                // The server's own PING, which asks for the last call; ours is answered behind it.
            }
            outcome.run();

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u000214");
            assertThat(held.heldCount()).isZero();
            wire.socket.close();
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void aMalformedTimeoutIsRefused() throws IOException {
        try (Wire wire = new Wire(door.port(), 1 << 20)) {
            ByteArrayOutputStream block = block();
            Wire.literal(block, "grpc-timeout", "1x");
            wire.headers(1, 0, block);

            assertThat(wire.answer(1).trailers()).contains("grpc-status\u000213", "grpc-timeout is malformed");
        }
    }

    static void open(Wire wire, int stream) throws IOException {
        wire.headers(stream, 0, block());
    }

    private static ByteArrayOutputStream block() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83);
        block.write(0x86);
        Wire.path(block, RequestHeaders.STREAM_INFER.toString());
        Wire.grpc(block);
        return block;
    }

    private static void sendInPieces(Wire wire, byte[] bytes, int size) throws IOException {
        open(wire, 1);
        for (int at = 0; at < bytes.length; at += size) {
            int end = Math.min(bytes.length, at + size);
            wire.frame(Wire.DATA, end == bytes.length ? Wire.END_STREAM : 0, 1, Arrays.copyOfRange(bytes, at, end));
        }
    }
}
