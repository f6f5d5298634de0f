package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.InferTensorContents;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// ModelInfer as a stock grpc-java client sees it.
class FastDoorTest {
    private static final int IMAGE = 3 * 224 * 224;
    private static final long SEED = 7;

    private final Random random = new Random(SEED);
    private final ExecutorService workers;
    private final FlopsModel inline;
    private final FlopsModel worker;
    private final FakeModels models;
    private final TestDoor door;

    FastDoorTest() throws IOException {
        workers = Executors.newFixedThreadPool(2);
        inline = FlopsModel.of("tiny", 16, Runnable::run);
        worker = FlopsModel.of("image", IMAGE, workers);
        models = new FakeModels(workers).with(inline).with(worker).with(FlopsModel.of("slow", 16, workers));
        door = new TestDoor(models);
    }

    @AfterEach
    void close() {
        door.close();
        workers.shutdownNow();
        assertThat(inline.unreleased).hasValue(0);
        assertThat(worker.unreleased).hasValue(0);
    }

    @Test
    void answersARequest() {
        ModelInferRequest request = Requests.tiny("a", random);

        Requests.check(request, door.stub().modelInfer(request));
    }

    @Test
    void answersManyCallersAtOnce() throws Exception {
        List<Future<?>> callers = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(16)) {
            for (int caller = 0; caller < 16; caller++) {
                String model = caller % 2 == 0 ? "tiny" : "slow";
                int seed = caller;
                callers.add(pool.submit(() -> callOften(model, seed)));
            }
        }
        for (Future<?> caller : callers) {
            caller.get();
        }
        assertThat(models.generalRequests).hasValue(0);
    }

    private void callOften(String model, int seed) {
        Random own = new Random(seed);
        for (int i = 0; i < 200; i++) {
            ModelInferRequest request = Requests.of(model, 1 + own.nextInt(3), 16, seed + "-" + i, own);
            Requests.check(request, door.stub().modelInfer(request));
        }
    }

    @Test
    void anOfferThatEndsWithAnErrorIsAnsweredAndTheConnectionGoesOn() {
        models.with(FlopsModel.of("broken", 16, task -> {
            throw new OutOfMemoryError("no memory for a request (this is a test)");
        }));

        assertThatThrownBy(() -> door.stub().modelInfer(Requests.of("broken", 1, 16, "a", random)))
                .hasMessageContaining("INTERNAL");
        ModelInferRequest request = Requests.tiny("b", random);
        Requests.check(request, door.stub().modelInfer(request));
    }

    @Test
    void remembersHeadsItHasSeen() {
        for (int i = 0; i < 50; i++) {
            Requests.check(Requests.tiny("", new Random(i)), door.stub().modelInfer(Requests.tiny("", new Random(i))));
        }

        assertThat(models.lookups).hasValueLessThan(5);
    }

    @Test
    void forgetsHeadsWhenTheModelsChange() {
        ModelInferRequest request = Requests.tiny("a", random);
        Requests.check(request, door.stub().modelInfer(request));

        models.with("tiny", call -> null);

        assertThatThrownBy(() -> door.stub().modelInfer(request)).hasMessageContaining("NOT_FOUND");
    }

    @Test
    void answersLargeTensors() {
        for (int i = 0; i < 10; i++) {
            ModelInferRequest request = Requests.of("image", 1, IMAGE, "big-" + i, random);
            Requests.check(request, door.stub().modelInfer(request));
        }
    }

    @Test
    void answersWithOutputsLargerThanAFrame() {
        ModelInferRequest request = echo(ByteString.copyFrom(new byte[3_000_000]));

        ModelInferResponse response = door.stub().modelInfer(request);

        assertThat(response.getRawOutputContents(0)).isEqualTo(request.getRawInputContents(0));
        assertThat(response.getModelVersion()).isEqualTo("7");
    }

    private static ModelInferRequest echo(ByteString bytes) {
        return ModelInferRequest.newBuilder()
                .setModelName("echo")
                .setId("e")
                .addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                        .setName("i")
                        .setDatatype("UINT8")
                        .addShape(bytes.size()))
                .addRawInputContents(bytes)
                .build();
    }

    @Test
    void repeatsIdsOfAnyText() {
        for (String id : List.of("", "é中", "a b", "x".repeat(127), "y".repeat(128), "z".repeat(1024))) {
            ModelInferRequest request = Requests.tiny(id, random);
            Requests.check(request, door.stub().modelInfer(request));
        }
    }

    @Test
    void takesTheOutputsThatAreAskedFor() {
        ModelInferRequest request = Requests.tiny("a", random).toBuilder()
                .addOutputs(ModelInferRequest.InferRequestedOutputTensor.newBuilder()
                        .setName("n"))
                .build();

        ModelInferResponse response = door.stub().modelInfer(request);

        assertThat(response.getOutputsList())
                .extracting(output -> output.getName())
                .containsExactly("n");
        assertThat(response.getRawOutputContentsCount()).isEqualTo(1);
    }

    @Test
    void sendsWhatDoesNotFitTheFastPathTheGeneralWay() {
        ModelInferRequest typed = Requests.tiny("a", random).toBuilder()
                .setModelName("echo")
                .clearRawInputContents()
                .setInputs(
                        0,
                        ModelInferRequest.InferInputTensor.newBuilder()
                                .setName("s")
                                .setDatatype("BYTES")
                                .addShape(1)
                                .setContents(InferTensorContents.newBuilder()
                                        .addBytesContents(ByteString.copyFromUtf8("hi"))))
                .build();

        ModelInferResponse response = door.stub().modelInfer(typed);

        assertThat(response.getRawOutputContents(0)).isEqualTo(ByteString.copyFrom(new byte[] {2, 0, 0, 0, 'h', 'i'}));
    }

    @Test
    void refusesWhatIsWrong() {
        ModelInferRequest good = Requests.tiny("a", random);

        assertStatus(good.toBuilder().setModelName("nope").build(), Status.Code.NOT_FOUND);
        assertStatus(good.toBuilder().setModelVersion("9").build(), Status.Code.NOT_FOUND);
        assertStatus(
                good.toBuilder()
                        .setInputs(0, good.getInputs(0).toBuilder().setDatatype("FLOAT"))
                        .build(),
                Status.Code.INVALID_ARGUMENT);
        assertStatus(good.toBuilder().addRawInputContents(ByteString.EMPTY).build(), Status.Code.INVALID_ARGUMENT);
        assertStatus(
                good.toBuilder()
                        .putParameters(
                                "timeout",
                                InferParameter.newBuilder().setInt64Param(-1).build())
                        .build(),
                Status.Code.INVALID_ARGUMENT);
    }

    private void assertStatus(ModelInferRequest request, Status.Code expected) {
        assertThatThrownBy(() -> door.stub().modelInfer(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode())
                                .as(e.getMessage())
                                .isEqualTo(expected));
    }
}
