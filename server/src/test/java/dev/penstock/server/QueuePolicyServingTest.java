package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the queue policies in a model's `config.pbtxt` do to requests that wait for the only worker of a
/// whole server.
///
/// Whether a request has to wait is the machine's affair: one that stalls may have let the worker become free
/// first. So what has to happen sometimes is asked for until it does, and what must never happen is looked
/// for meanwhile.
@Timeout(300)
class QueuePolicyServingTest {
    private static final int COLUMNS = 256;
    private static final int TOGETHER = 8;

    /// Longer than a run of the models that are asked to wait, shorter than one of the model that has them
    /// wait.
    private static final long PATIENCE_MICROS = 20_000;

    private static final String REJECT =
            "dynamic_batching { default_queue_policy { default_timeout_microseconds: %d } }".formatted(PATIENCE_MICROS);
    private static final String DELAY =
            "dynamic_batching { default_queue_policy { timeout_action: DELAY default_timeout_microseconds: %d } }"
                    .formatted(PATIENCE_MICROS);
    private static final String OVERRIDE = "dynamic_batching { default_queue_policy { allow_timeout_override: true } }";
    private static final String NO_OVERRIDE =
            "dynamic_batching { default_queue_policy { allow_timeout_override: false } }";
    private static final String SMALL = "dynamic_batching { default_queue_policy { max_queue_size: 2 } }";
    private static final String LEVELS = "dynamic_batching { priority_levels: 2 default_priority_level: 2 }";

    @TempDir
    private Path repository;

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void whoWaitedTooLongIsRejectedOrStandsBack(GrpcTransport transport) throws Exception {
        write("busy", 20_000, "");
        write("rejects", 10, REJECT);
        write("delays", 10, DELAY);
        write("listens", 10, OVERRIDE);
        write("ignores", 10, NO_OVERRIDE);
        try (RunningGateway gateway = TestGateways.queueing(repository, transport);
                Calls calls = new Calls(gateway)) {
            boolean rejected = false;
            boolean listened = false;
            while (!rejected || !listened) {
                var busy = calls.send(request("busy"));
                var rejects = calls.send(request("rejects"));
                var delays = calls.send(request("delays"));
                var listens = calls.send(waiting("listens", PATIENCE_MICROS));
                var ignores = calls.send(waiting("ignores", PATIENCE_MICROS));

                assertThat(Calls.outcome(busy)).isEqualTo("OK");
                assertThat(Calls.outcome(delays)).isEqualTo("OK");
                assertThat(Calls.outcome(ignores)).isEqualTo("OK");
                rejected |= isExpired(Calls.outcome(rejects));
                listened |= isExpired(Calls.outcome(listens));
            }
        }
    }

    /// Or was not made to wait.
    private static boolean isExpired(String outcome) {
        assertThat(outcome).isIn("OK", "DEADLINE_EXCEEDED: Request timeout expired");
        return !outcome.equals("OK");
    }

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void noMoreThanItsSizeWaitInAQueue(GrpcTransport transport) throws Exception {
        write("small", 1_000, SMALL);
        write("large", 1_000, "");
        try (RunningGateway gateway = TestGateways.queueing(repository, transport);
                Calls calls = new Calls(gateway)) {
            List<String> small;
            do {
                small = together(calls, "small");
                assertThat(small).allMatch(outcome -> outcome.equals("OK") || outcome.startsWith("RESOURCE_EXHAUSTED"));
                assertThat(small).filteredOn("OK"::equals).isNotEmpty();
            } while (!small.stream().anyMatch(outcome -> outcome.startsWith("RESOURCE_EXHAUSTED")));

            assertThat(together(calls, "large")).containsOnly("OK");
        }
    }

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void whatIsInFlightIsShownUntilItsOutcome(GrpcTransport transport) throws Exception {
        write("busy", 20_000, "");
        try (RunningGateway gateway = TestGateways.queueing(repository, transport);
                Calls calls = new Calls(gateway)) {
            assertThat(inFlight(gateway)).isZero();
            double most = 0;
            while (most < 2) {
                // The leases of the turn before may not be back yet.
                awaitNoneInFlight(gateway);
                var first = calls.send(request("busy"));
                var second = calls.send(request("busy"));
                while (!second.isDone()) {
                    most = Math.max(most, inFlight(gateway));
                }
                assertThat(Calls.outcome(first)).isEqualTo("OK");
                assertThat(Calls.outcome(second)).isEqualTo("OK");
            }

            assertThat(most).isEqualTo(2);
            awaitNoneInFlight(gateway);
        }
    }

    /// The test's own limit ends this.
    private static void awaitNoneInFlight(RunningGateway gateway) throws Exception {
        while (inFlight(gateway) > 0) {
            Thread.onSpinWait();
        }
    }

    private static double inFlight(RunningGateway gateway) throws Exception {
        Metrics now = Metrics.of(gateway);
        assertThat(now.has("penstock_in_flight_requests", "model=\"busy\"")).isTrue();
        return now.sum("penstock_in_flight_requests", "model=\"busy\"");
    }

    @Test
    void restSaysSoTooAndWhenToComeBack() throws Exception {
        write("small", 1_000, SMALL);
        try (RunningGateway gateway = TestGateways.queueing(repository, GrpcTransport.NETTY_DOOR);
                HttpClient http = HttpClient.newHttpClient()) {
            List<HttpResponse<String>> answers;
            do {
                answers = together(http, gateway);
                assertThat(answers).extracting(HttpResponse::statusCode).isSubsetOf(200, 429);
            } while (answers.stream().noneMatch(answer -> answer.statusCode() == 429));

            assertThat(answers)
                    .filteredOn(answer -> answer.statusCode() == 429)
                    .allSatisfy(answer -> assertThat(answer.headers().firstValue("retry-after"))
                            .isPresent());
        }
    }

    @ParameterizedTest
    @EnumSource(GrpcTransport.class)
    void theUrgentGoFirstWhereThereAreLevels(GrpcTransport transport) throws Exception {
        write("levels", 1_000, LEVELS);
        try (RunningGateway gateway = TestGateways.queueing(repository, transport);
                Calls calls = new Calls(gateway)) {
            List<String> order;
            do {
                order = answered(calls, "levels");
                assertThat(order).hasSize(TOGETHER + 1);
            } while (order.indexOf("urgent") >= TOGETHER / 2);
        }
    }

    @Test
    void whereThereAreNoneTheyWaitForTheirTurn() throws Exception {
        write("flat", 1_000, "");
        try (RunningGateway gateway = TestGateways.queueing(repository, GrpcTransport.NETTY_DOOR);
                Calls calls = new Calls(gateway)) {
            assertThat(answered(calls, "flat")).startsWith("0", "1").endsWith("7", "urgent");
        }
    }

    /// The order in which many are answered, and an urgent one behind them.
    private static List<String> answered(Calls calls, String model) throws Exception {
        // Calls that are made while the connection is, may overtake each other.
        calls.send(request(model)).get();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(TOGETHER + 1);
        InferParameter first = InferParameter.newBuilder().setUint64Param(1).build();
        for (int i = 0; i <= TOGETHER; i++) {
            String id = i < TOGETHER ? Integer.toString(i) : "urgent";
            ModelInferRequest.Builder request = request(model);
            calls.send(i < TOGETHER ? request : request.putParameters("priority", first))
                    .addListener(
                            () -> {
                                order.add(id);
                                all.countDown();
                            },
                            Runnable::run);
        }
        all.await();
        return order;
    }

    private static List<String> together(Calls calls, String model) throws Exception {
        List<ListenableFuture<ModelInferResponse>> sent = new ArrayList<>();
        for (int i = 0; i < TOGETHER; i++) {
            sent.add(calls.send(request(model)));
        }
        List<String> outcomes = new ArrayList<>();
        for (ListenableFuture<ModelInferResponse> call : sent) {
            outcomes.add(Calls.outcome(call));
        }
        return outcomes;
    }

    private static List<HttpResponse<String>> together(HttpClient http, RunningGateway gateway) {
        String zeros = IntStream.range(0, COLUMNS).mapToObj(i -> "0").collect(Collectors.joining(","));
        String body = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":[%s]}]}"
                .formatted(COLUMNS, zeros);
        HttpRequest request = HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/small/infer")))
                .POST(BodyPublishers.ofString(body))
                .build();
        List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, TOGETHER)
                .mapToObj(i -> http.sendAsync(request, BodyHandlers.ofString()))
                .toList();
        return sent.stream().map(CompletableFuture::join).toList();
    }

    /// A model whose rows run one by one, each for so many rounds of some 5 to 20 us.
    private void write(String model, int rounds, String config) throws IOException {
        OnnxModels.write(repository, model, 1, OnnxModels.slow(rounds));
        Files.writeString(
                repository.resolve(model).resolve("config.pbtxt"),
                config + "\nparameters { key: \"batching\" value: { string_value: \"off\" } }");
    }

    private static ModelInferRequest.Builder request(String model) {
        return GrpcClient.request(model)
                .addInputs(GrpcClient.input("x", "FP32", 1, COLUMNS))
                .addRawInputContents(GrpcClient.floats(new float[COLUMNS]));
    }

    private static ModelInferRequest.Builder waiting(String model, long micros) {
        return request(model)
                .putParameters(
                        "timeout",
                        InferParameter.newBuilder().setInt64Param(micros).build());
    }

    /// One connection, whose answers are heard of in the order in which they come.
    private static final class Calls implements AutoCloseable {
        private final ManagedChannel channel;

        Calls(RunningGateway gateway) {
            int port = gateway.addresses().grpc().port();
            channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .directExecutor()
                    .build();
        }

        ListenableFuture<ModelInferResponse> send(ModelInferRequest.Builder request) {
            return GRPCInferenceServiceGrpc.newFutureStub(channel).modelInfer(request.build());
        }

        /// OK, or how it failed.
        static String outcome(ListenableFuture<ModelInferResponse> call) throws InterruptedException {
            try {
                return call.get().getModelName().isEmpty() ? "no model's name" : "OK";
            } catch (ExecutionException e) {
                Status status = Status.fromThrowable(e);
                return status.getCode() + ": " + status.getDescription();
            }
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }
}
