package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.proto.inference.RepositoryModelUnloadRequest;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxModels;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whole servers whose event loops run tiny models themselves, over real sockets.
@Timeout(400)
class InlineServingTest {
    private static final long SEED = 31;
    private static final Duration EVERYTHING = Duration.ofHours(1);
    private static final int REQUESTS = 2_000;
    private static final int IN_FLIGHT = 50;

    @TempDir
    private Path repository;

    @BeforeEach
    void writeModels() {
        OnnxModels.write(repository, "tiny", 1, OnnxModels.tiny());
        OnnxModels.write(repository, "embedding", 1, OnnxModels.embedding());
    }

    @Test
    void eventLoopsAnswerAsWorkersDo() throws Exception {
        List<ModelInferRequest> requests = mixed(new Random(SEED));
        List<String> inline = answers(EVERYTHING, requests);
        List<String> ring = answers(Duration.ZERO, requests);

        for (int i = 0; i < requests.size(); i++) {
            assertThat(inline.get(i))
                    .as("request %d of seed %d: %s", i, SEED, requests.get(i))
                    .isEqualTo(ring.get(i));
        }
        assertThat(inline).anyMatch(answer -> answer.startsWith("INVALID_ARGUMENT"));
        assertThat(inline).anyMatch(answer -> !answer.startsWith("INVALID_ARGUMENT"));
    }

    /// Good ones; ones that are refused before they run; ones that only the running model refuses, and with it,
    /// at first, whoever is in the same run.
    private static List<ModelInferRequest> mixed(Random random) {
        List<ModelInferRequest> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            int rows = 1 + random.nextInt(4);
            requests.add(
                    switch (random.nextInt(8)) {
                        case 0 -> ids(rows, random, 12);
                        case 1, 2, 3 -> ids(rows, random, 10);
                        case 4 -> tiny(rows, 4 * rows - 1, random);
                        default -> tiny(rows, 4 * rows, random);
                    });
        }
        return requests;
    }

    private static ModelInferRequest tiny(int rows, int values, Random random) {
        float[] floats = new float[values];
        for (int i = 0; i < values; i++) {
            floats[i] = random.nextFloat();
        }
        return GrpcClient.request("tiny")
                .setId("t" + rows)
                .addInputs(GrpcClient.input("x", "FP32", rows, 4))
                .addRawInputContents(GrpcClient.floats(floats))
                .build();
    }

    private static ModelInferRequest ids(int rows, Random random, int below) {
        long[] ids = new long[rows];
        for (int i = 0; i < rows; i++) {
            ids[i] = random.nextInt(below);
        }
        return GrpcClient.request("embedding")
                .addInputs(GrpcClient.input("ids", "INT64", rows))
                .addRawInputContents(GrpcClient.longs(ids))
                .build();
    }

    private List<String> answers(Duration inlineBudget, List<ModelInferRequest> requests) throws Exception {
        NativeHandles handles;
        List<String> answers = new ArrayList<>();
        try (RunningGateway gateway = TestGateways.fast(repository, inlineBudget);
                GrpcClient client = GrpcClient.of(gateway)) {
            handles = gateway.handles();
            load(client, "tiny");
            load(client, "embedding");
            if (!inlineBudget.isZero()) {
                awaitInlineRuns(gateway, client, tiny(1, 4, new Random(SEED)));
                awaitInlineRuns(gateway, client, ids(1, new Random(SEED), 10));
            }
            double tinyBefore = inlineRuns(gateway, "tiny");
            double embeddingBefore = inlineRuns(gateway, "embedding");
            List<ListenableFuture<ModelInferResponse>> calls = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                calls.add(call(client, requests.get(i)));
                if (i >= IN_FLIGHT) {
                    answers.add(answer(calls.get(i - IN_FLIGHT)));
                }
            }
            for (int i = answers.size(); i < calls.size(); i++) {
                answers.add(answer(calls.get(i)));
            }
            if (inlineBudget.isZero()) {
                assertThat(inlineRuns(gateway, "tiny") + inlineRuns(gateway, "embedding"))
                        .isZero();
            } else {
                assertThat(inlineRuns(gateway, "tiny")).isGreaterThan(tinyBefore);
                assertThat(inlineRuns(gateway, "embedding")).isGreaterThan(embeddingBefore);
            }
        }
        assertThat(handles.total()).isZero();
        return answers;
    }

    /// Asks until the loop of this connection has its runner: before that, workers answer.
    private static void awaitInlineRuns(RunningGateway gateway, GrpcClient client, ModelInferRequest request)
            throws Exception {
        while (inlineRuns(gateway, request.getModelName()) == 0) {
            assertThat(answer(call(client, request))).startsWith("model_name");
        }
    }

    private static double inlineRuns(RunningGateway gateway, String model) throws Exception {
        return Metrics.of(gateway).sum("penstock_batch_close_total", "model=\"" + model + "\"", "reason=\"inline\"");
    }

    private static ListenableFuture<ModelInferResponse> call(GrpcClient client, ModelInferRequest request) {
        return GRPCInferenceServiceGrpc.newFutureStub(client.channel()).modelInfer(request);
    }

    /// The whole answer, or how the call failed.
    private static String answer(ListenableFuture<ModelInferResponse> call) throws InterruptedException {
        try {
            return call.get().toString();
        } catch (ExecutionException e) {
            Status status = Status.fromThrowable(e);
            return status.getCode() + ": " + status.getDescription();
        }
    }

    @Test
    void unloadingUnderLoadLosesNoRequest() throws Exception {
        Random random = new Random(SEED);
        NativeHandles handles;
        try (RunningGateway gateway = TestGateways.fast(repository, EVERYTHING);
                GrpcClient client = GrpcClient.of(gateway);
                GrpcClient admin = GrpcClient.of(gateway)) {
            handles = gateway.handles();
            for (int round = 0; round < 8; round++) {
                load(admin, "tiny");
                List<ListenableFuture<ModelInferResponse>> calls = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                    calls.add(call(client, tiny(1 + i % 4, 4 * (1 + i % 4), random)));
                }
                admin.stub()
                        .repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder()
                                .setModelName("tiny")
                                .build());
                for (ListenableFuture<ModelInferResponse> call : calls) {
                    String answer = answer(call);
                    boolean answered = answer.startsWith("model_name");
                    boolean refused = answer.startsWith("UNAVAILABLE") || answer.startsWith("NOT_FOUND");
                    assertThat(answered || refused)
                            .as("round %d: %s", round, answer)
                            .isTrue();
                }
            }
        }
        assertThat(handles.total()).isZero();
    }

    @Test
    void aCallerThatDoesNotReadItsAnswersHoldsUpNobodyElse() throws Exception {
        NativeHandles handles;
        try (RunningGateway gateway = TestGateways.fast(repository, EVERYTHING);
                GrpcClient client = GrpcClient.of(gateway);
                GrpcClient deaf = GrpcClient.of(gateway)) {
            handles = gateway.handles();
            load(client, "tiny");
            ClientCall<ModelInferRequest, ModelStreamInferResponse> unread =
                    deaf.channel().newCall(GRPCInferenceServiceGrpc.getModelStreamInferMethod(), CallOptions.DEFAULT);
            // Without request() the client's window fills up and stays full.
            Metadata headers = new Metadata();
            // Told apart from the other, who has the same address, or the two share one part of the queue.
            headers.put(Metadata.Key.of("x-penstock-caller", Metadata.ASCII_STRING_MARSHALLER), "deaf");
            unread.start(new ClientCall.Listener<>() {}, headers);
            Random random = new Random(SEED);
            for (int i = 0; i < 20_000; i++) {
                unread.sendMessage(tiny(4, 16, random));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(answer(call(client, tiny(1, 4, random)))).startsWith("model_name");
            }
            unread.cancel("enough", null);
            assertThat(answer(call(client, tiny(1, 4, random)))).startsWith("model_name");
        }
        assertThat(handles.total()).isZero();
    }

    @Test
    void stoppingAnswersWhatWasTaken() throws Exception {
        NativeHandles handles;
        try (RunningGateway gateway = TestGateways.fast(repository, EVERYTHING);
                GrpcClient client = GrpcClient.of(gateway)) {
            handles = gateway.handles();
            load(client, "tiny");
            Random random = new Random(SEED);
            List<ListenableFuture<ModelInferResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                calls.add(call(client, tiny(1, 4, random)));
            }
            assertThat(answer(calls.getFirst())).startsWith("model_name");
            gateway.drain(new Termination());
            for (ListenableFuture<ModelInferResponse> call : calls) {
                String answer = answer(call);
                assertThat(Set.of("model_name", "UNAVAILABLE")).anyMatch(answer::startsWith);
            }
        }
        assertThat(handles.total()).isZero();
    }

    private static void load(GrpcClient client, String model) {
        var loaded = client.stub()
                .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                        .setModelName(model)
                        .build());
        assertThat(loaded).isNotNull();
    }
}
