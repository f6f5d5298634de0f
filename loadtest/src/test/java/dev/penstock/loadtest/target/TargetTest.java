package dev.penstock.loadtest.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.data.Offset.offset;

import dev.penstock.loadtest.engine.Extent;
import dev.penstock.loadtest.engine.LoadPlan;
import dev.penstock.loadtest.engine.LoadResult;
import dev.penstock.loadtest.engine.LoadRun;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.engine.PhaseObserver;
import dev.penstock.loadtest.input.Distribution;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.InputPlan;
import dev.penstock.loadtest.input.TensorSpec;
import dev.penstock.loadtest.input.Tolerance;
import dev.penstock.loadtest.result.ServerUse;
import dev.penstock.loadtest.stub.OipServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetTest {
    private final OipServer server = new OipServer();

    @AfterEach
    void close() {
        server.close();
    }

    private Target open(TargetProtocol protocol) {
        return open(protocol, TargetOptions.DEFAULT);
    }

    private Target open(TargetProtocol protocol, TargetOptions options) {
        String url = protocol.isGrpc() ? server.grpcUrl() : server.httpUrl();
        return Target.open(Endpoint.parse("--target", url), protocol, options);
    }

    private static LoadResult send(Target target, List<Payload> payloads, int requests) {
        return new LoadRun(System::nanoTime)
                .run(
                        LoadPlan.to(target.address(), target.protocol().wire(), payloads)
                                .extent(new Extent.Requests(0, requests))
                                .verifyEvery(1)
                                .build(),
                        PhaseObserver.NONE);
    }

    private static InputPlan.Builder recorded() {
        return InputPlan.builder()
                .rows(new Distribution.Uniform(1, 3))
                .payloads(8)
                .recordExpected(true);
    }

    @ParameterizedTest
    @EnumSource
    void sendsMadeUpValuesAndFindsEveryWrongAnswer(TargetProtocol protocol) {
        try (Target target = open(protocol)) {
            List<Payload> payloads = target.payloads("sum", "", recorded().build());

            LoadResult right = send(target, payloads, 16);
            server.answerWrong(1);
            LoadResult wrong = send(target, payloads, 16);

            assertThat(payloads).hasSize(8);
            assertThat(right.errors()).isEmpty();
            assertThat(right.verified()).isEqualTo(16);
            assertThat(wrong.errors()).containsExactlyEntriesOf(Map.of("WRONG_ANSWER", 1L));
        }
    }

    @ParameterizedTest
    @EnumSource(names = "V1", mode = EnumSource.Mode.EXCLUDE)
    void sendsAllDatatypes(TargetProtocol protocol) {
        try (Target target = open(protocol)) {
            List<Payload> payloads = target.payloads(
                    "types", "", recorded().tolerance(Tolerance.NONE).build());

            LoadResult result = send(target, payloads, 16);

            assertThat(result.errors()).isEmpty();
            assertThat(result.verified()).isEqualTo(16);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GRPC", "GRPC_STREAM"})
    void readsTypedContents(TargetProtocol protocol) {
        InputPlan plan = recorded().tolerance(Tolerance.NONE).build();
        try (Target target = open(protocol)) {
            List<Payload> payloads = target.payloads("sum", "", plan);
            server.typed = true;

            LoadResult right = send(target, payloads, 16);
            server.answerWrong(2);
            LoadResult wrong = send(target, payloads, 16);

            assertThat(right.errors()).isEmpty();
            assertThat(right.verified()).isEqualTo(16);
            assertThat(wrong.errors()).containsExactlyEntriesOf(Map.of("WRONG_ANSWER", 2L));
        }
    }

    @Test
    void takesRowsAndAnswersFromFiles(@TempDir Path folder) throws IOException {
        Path rows = Files.writeString(folder.resolve("x.csv"), "x[0],x[1],x[2],x[3]\n1,2,3,4\n5,6,7,8\n0,0,0,1\n");
        Path sums = Files.writeString(folder.resolve("y.csv"), "y\n10\n26\n1\n");
        Path wrong = Files.writeString(folder.resolve("z.csv"), "y\n10\n27\n1\n");
        InputPlan.Builder plan = InputPlan.builder().file(InputPlan.WHOLE, rows);
        try (Target target = open(TargetProtocol.REST)) {
            List<Payload> right = target.payloads(
                    "sum", "", plan.expected(InputPlan.WHOLE, sums).build());
            List<Payload> oneWrong = target.payloads(
                    "sum", "", plan.expected(InputPlan.WHOLE, wrong).build());

            assertThat(send(target, right, 6).errors()).isEmpty();
            assertThat(send(target, oneWrong, 6).errors()).containsExactlyEntriesOf(Map.of("WRONG_ANSWER", 2L));
        }
    }

    @Test
    void sendsV1BodiesAsTheyAre(@TempDir Path folder) throws IOException {
        Path bodies = Files.writeString(folder.resolve("bodies.jsonl"), """
                {"instances": [[1, 2, 3, 4], [5, 6, 7, 8]]}
                {"instances": [{"x": [1, 1, 1, 1]}]}
                {"inputs": {"x": [[2, 2, 2, 2]]}}
                """);
        Path answers = Files.writeString(folder.resolve("answers.jsonl"), """
                {"predictions": [[10], [26]]}
                {"predictions": [[4]]}
                {"outputs": [[8]]}
                """);
        InputPlan plan = InputPlan.builder()
                .file(InputPlan.WHOLE, bodies)
                .expected(InputPlan.WHOLE, answers)
                .build();
        try (Target target = open(TargetProtocol.V1)) {
            List<Payload> payloads = target.payloads("v1-sum", "", plan);

            LoadResult right = send(target, payloads, 6);
            server.answerWrong(1);
            LoadResult wrong = send(target, payloads, 6);

            assertThat(right.errors()).isEmpty();
            assertThat(right.verified()).isEqualTo(6);
            assertThat(wrong.errors()).containsExactlyEntriesOf(Map.of("WRONG_ANSWER", 1L));
        }
    }

    @Test
    void v1WithoutMetadataNeedsDeclaredInputs() {
        try (Target target = open(TargetProtocol.V1)) {
            InputPlan declared = InputPlan.builder()
                    .declared(List.of(TensorSpec.parse("x", "fp32[-1,4]")))
                    .rows(new Distribution.Fixed(2))
                    .payloads(3)
                    .build();

            assertThat(send(target, target.payloads("v1-sum", "", declared), 6).errors())
                    .isEmpty();
            assertThat(server.answered()).isEqualTo(12);
            assertThatExceptionOfType(InputError.class)
                    .isThrownBy(() ->
                            target.payloads("v1-sum", "", InputPlan.builder().build()))
                    .withMessage("the server says nothing about the inputs of 'v1-sum'"
                            + " (expected: requests from a JSON file, or declared inputs such as x: FP32[-1,4])");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysWhatTheServerIsAndWhyAModelCannotBeUsed(TargetProtocol protocol) {
        try (Target target = open(protocol)) {
            assertThat(target.server().name()).isEqualTo("oip-stub");
            assertThat(target.server().version()).isEqualTo("1.2");
            assertThat(target.model("sum", "").inputs()).containsExactly(new TensorSpec("x", "FP32", List.of(-1L, 4L)));
            assertThatExceptionOfType(TargetException.class)
                    .isThrownBy(() -> target.model("nope", ""))
                    .withMessageContainingAll("'nope'", "the name of a model that the server has");
        }
    }

    @ParameterizedTest
    @EnumSource(names = "V1", mode = EnumSource.Mode.EXCLUDE)
    void refusesAModelThatIsNotReady(TargetProtocol protocol) {
        try (Target target = open(protocol)) {
            assertThatExceptionOfType(TargetException.class)
                    .isThrownBy(() -> target.model("asleep", ""))
                    .withMessageContainingAll("'asleep'", "not ready");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatNobodyIsThere(TargetProtocol protocol) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String url = (protocol.isGrpc() ? "grpc" : "http") + "://127.0.0.1:" + port;
        try (Target target = Target.open(Endpoint.parse("--target", url), protocol, TargetOptions.DEFAULT)) {
            assertThatExceptionOfType(TargetException.class)
                    .isThrownBy(() -> target.model("sum", ""))
                    .withMessageContainingAll("cannot connect to " + url, "./penstock demo")
                    .matches(e -> e.kind() == TargetException.Kind.UNREACHABLE);
        }
    }

    private static ServerStatistics statistics(Target target) {
        return new ServerStatistics(
                target.counts(Set.of("sum")), target.cpuTime().get());
    }

    @ParameterizedTest
    @EnumSource
    void diffsWhatTheServerCounts(TargetProtocol protocol) {
        InputPlan plan = InputPlan.builder().rows(new Distribution.Fixed(2)).build();
        try (Target target = open(protocol)) {
            List<Payload> payloads = target.payloads("sum", "", plan);
            ServerStatistics before = statistics(target);

            send(target, payloads, 20);
            ServerUse use = statistics(target).since(before, 20).orElseThrow();

            long runs = protocol == TargetProtocol.V1 ? 40 : 20;
            assertThat(use.queueMicros()).isEqualTo(20);
            assertThat(use.computeMicros()).isEqualTo(300);
            assertThat(use.meanBatch()).isEqualTo(protocol == TargetProtocol.V1 ? 1 : 2);
            assertThat(use.batches()).containsExactlyEntriesOf(Map.of(2L, runs));
            assertThat(use.cpuMicrosPerRequest()).isPositive();
        }
    }

    @Test
    void readsMetricsWhereThereAreNoStatistics() {
        server.withoutStatistics = true;
        TargetOptions options = TargetOptions.DEFAULT.metrics(URI.create(server.httpUrl() + "/metrics"));
        InputPlan plan = InputPlan.builder().rows(new Distribution.Fixed(2)).build();
        try (Target target = open(TargetProtocol.GRPC, options);
                Target blind = open(TargetProtocol.GRPC)) {
            List<Payload> payloads = target.payloads("sum", "", plan);
            ServerStatistics before = statistics(target);
            ServerStatistics blindBefore = statistics(blind);

            send(target, payloads, 20);
            ServerUse use = statistics(target).since(before, 20).orElseThrow();
            ServerUse blindUse = statistics(blind).since(blindBefore, 20).orElseThrow();

            assertThat(use.queueMicros()).isCloseTo(20, offset(1e-6));
            assertThat(use.computeMicros()).isCloseTo(300, offset(1e-6));
            assertThat(use.meanBatch()).isEqualTo(2);
            assertThat(blindUse.queueMicros()).isNaN();
            assertThat(blindUse.meanBatch()).isNaN();
            assertThat(blindUse.cpuMicrosPerRequest()).isPositive();
        }
    }

    @Test
    void refusesWhatTheModelDoesNotTake(@TempDir Path folder) throws IOException {
        Path requests = Files.writeString(folder.resolve("r.jsonl"), """
                {"inputs":[{"name":"x","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]}]}

                {"inputs":[{"name":"x","datatype":"INT32","shape":[1,4],"data":[1,2,3,4]}]}
                """);
        try (Target target = open(TargetProtocol.GRPC)) {
            assertThatExceptionOfType(InputError.class)
                    .isThrownBy(() -> target.payloads(
                            "sum",
                            "",
                            InputPlan.builder().file(InputPlan.WHOLE, requests).build()))
                    .withMessage(
                            requests + ", line 3: input 'x' is INT32[1,4] (expected: FP32[-1,4], as 'sum' takes it)");
            assertThatExceptionOfType(InputError.class)
                    .isThrownBy(() ->
                            target.payloads("text", "", InputPlan.builder().build()))
                    .withMessageContaining("input 'ids' has the shape [-1,-1]: dimension 1 is open");
        }
    }
}
