package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.golden;
import static dev.penstock.server.gate.Candidates.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.runtime.OnnxModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Time passes only while a model runs, and as much as the test says; real models run in no time at all.
class LatencyGateTest {
    private static final long MILLI = 1_000_000;
    private static final Signature ROWS = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1, 2)), List.of(TensorSpec.of("y", DataType.FP32, -1)), 0);
    private static final Tensor ANSWER =
            new Tensor("y", DataType.FP32, Shape.of(1), ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN));

    private final List<List<Tensor>> asked = new ArrayList<>();
    private long nowNanos;

    @TempDir
    Path folder = Path.of("");

    @Test
    void withoutALimitNothingRuns() {
        assertThat(judged(run -> 1, "gate.max-memory", "1GiB")).isEqualTo("SKIPPED there is no gate.latency-p99");
        assertThat(asked).isEmpty();
    }

    @Test
    void warmRunsDoNotCountAndOneOfAHundredMayBeSlow() {
        // The warm ones, two of two hundred, and no other.
        LongUnaryOperator millis = run -> run < 20 || run == 30 || run == 180 ? 90 : 2;

        assertThat(judged(millis, "gate.latency-p99", "5ms"))
                .isEqualTo("PASSED p50 2.000 ms, p99 2.000 ms, max 90.000 ms of 200 runs (limit of p99: 5.000 ms); "
                        + "rows a run: 1; asked: made-up values");
        assertThat(asked).hasSize(1 + 20 + 200);
    }

    @Test
    void itStopsWhenTooManyWereSlow() {
        LongUnaryOperator millis = run -> run >= 50 && run < 53 ? 7 : 2;

        assertThat(judged(millis, "gate.latency-p99", "5ms"))
                .isEqualTo("FAILED 3 of 33 runs took longer than 5.000 ms, so p99 of 200 does too; "
                        + "p50 2.000 ms, p99 7.000 ms, max 7.000 ms of 33 runs; rows a run: 1; asked: made-up values");
    }

    @Test
    void asLongAsTheLimitIsNotTooLong() {
        assertThat(judged(run -> 5, "gate.latency-p99", "5ms", "gate.latency-runs", "20"))
                .isEqualTo("PASSED p50 5.000 ms, p99 5.000 ms, max 5.000 ms of 20 runs (limit of p99: 5.000 ms); "
                        + "rows a run: 1; asked: made-up values");
    }

    @Test
    void slowModelsAreNotWarmedForLong() {
        judged(run -> 3000, "gate.latency-p99", "5ms", "gate.latency-runs", "20");

        assertThat(asked)
                .as("the first, two warm ones and one that is too slow")
                .hasSize(4);
    }

    @Test
    void rowsAreAskedAsManyAsAreSet() {
        judged(run -> 1, "gate.latency-p99", "5ms", "gate.latency-rows", "7");

        assertThat(asked.getLast().getFirst().shape()).isEqualTo(Shape.of(7, 2));
    }

    @Test
    void theFirstGoldenRequestIsAskedOverAndOver() {
        String golden = """
                {"cases": [{
                  "request": {"inputs": [{"name": "x", "datatype": "FP32", "shape": [2, 2], "data": [1, 2, 3, 4]}]},
                  "response": {"outputs": [{"name": "y", "datatype": "FP32", "shape": [2], "data": [1, 2]}]}}]}""";
        GateSettings settings = GateSettingsTest.settings("gate.latency-p99", "5ms", "gate.latency-rows", "3");
        Candidate candidate = Candidates.of(model(run -> 1), ROWS, golden(golden), settings);

        assertThat(said(new LatencyGate(() -> nowNanos).judge(candidate))).endsWith("asked: the first golden request");
        Tensor input = asked.getLast().getFirst();
        assertThat(input.shape()).isEqualTo(Shape.of(3, 2));
        float[] values = new float[6];
        input.data().asFloatBuffer().get(values);
        assertThat(values).containsExactly(1, 2, 3, 4, 1, 2);
    }

    @Test
    void moreRowsThanCallersMaySendAreRefused() {
        GateSettings settings = GateSettingsTest.settings("gate.latency-p99", "5ms", "gate.latency-rows", "9");
        Signature eight = new Signature(ROWS.inputs(), ROWS.outputs(), 8);
        Candidate candidate = Candidates.of(model(run -> 1), eight, Candidates.NO_FILES, settings);

        assertThat(said(new LatencyGate(() -> nowNanos).judge(candidate)))
                .isEqualTo(
                        "FAILED INVALID_ARGUMENT: inference request batch-size must be <= 8 for 'digits' and >= 1, got 9");
    }

    @Test
    void aModelWithoutRowsHasOne() {
        Signature fixed = new Signature(List.of(TensorSpec.of("x", DataType.FP32, 1, 2)), ROWS.outputs(), 0);
        GateSettings settings = GateSettingsTest.settings("gate.latency-p99", "5ms", "gate.latency-rows", "2");
        Candidate candidate = Candidates.of(model(run -> 1), fixed, Candidates.NO_FILES, settings);

        assertThat(said(new LatencyGate(() -> nowNanos).judge(candidate)))
                .isEqualTo("FAILED no trial request can be made: "
                        + "gate.latency-rows: 2, but no input takes any number of rows");
    }

    @Test
    void aModelThatFailsIsRefusedInItsOwnWords() {
        Runner broken = (inputs, outputs) -> {
            throw new ServingException(ErrorCode.MODEL_FAILED, "no");
        };
        GateSettings settings = GateSettingsTest.settings("gate.latency-p99", "5ms");
        Candidate candidate = Candidates.of(Candidates.model(ROWS, broken), ROWS, Candidates.NO_FILES, settings);

        assertThat(said(new LatencyGate(() -> nowNanos).judge(candidate))).isEqualTo("FAILED MODEL_FAILED: no");
    }

    @ParameterizedTest
    @CsvSource({"tiny", "embedding", "vocabulary", "scalar", "iris", "diabetes"})
    void realModelsAreAskedWhatTheyTake(String name) {
        try (Models models = new Models()) {
            LoadedModel model = switch (name) {
                case "tiny" -> models.load(folder, OnnxModels.tiny());
                case "embedding" -> models.load(folder, OnnxModels.embedding());
                case "vocabulary" -> models.load(folder, OnnxModels.vocabulary("a", "b"));
                case "scalar" -> models.load(folder, OnnxModels.scalarInput());
                default -> models.example(name + "/1");
            };
            String rows = name.equals("scalar") ? "1" : "4";
            GateSettings settings = GateSettingsTest.settings("gate.latency-p99", "5ms", "gate.latency-rows", rows);
            Candidate candidate = Candidates.of(model, model.signature(), Candidates.NO_FILES, settings);

            assertThat(said(new LatencyGate(() -> 7).judge(candidate)))
                    .isEqualTo(
                            "PASSED p50 0.000 ms, p99 0.000 ms, max 0.000 ms of 200 runs (limit of p99: 5.000 ms); "
                                    + "rows a run: %s; asked: made-up values",
                            rows);
        }
    }

    @Test
    void textOfGoldenRequestsIsRepeated() {
        try (Models models = new Models()) {
            LoadedModel model = models.example("diabetes/1");
            String response = """
                    {"outputs": [{"name": "progression", "datatype": "FP32", "shape": [1, 1], "data": [84.4882]}]}""";
            String golden = GoldenGateTest.oneCase(Models.exampleRequest("diabetes"), response);
            GateSettings settings = GateSettingsTest.settings("gate.latency-p99", "5ms", "gate.latency-rows", "3");
            Candidate candidate = Candidates.of(model, model.signature(), golden(golden), settings);

            assertThat(said(new LatencyGate(() -> 7).judge(candidate)))
                    .startsWith("PASSED")
                    .endsWith("rows a run: 3; asked: the first golden request");
        }
    }

    private String judged(LongUnaryOperator millisOfRun, String... settings) {
        Candidate candidate =
                Candidates.of(model(millisOfRun), ROWS, Candidates.NO_FILES, GateSettingsTest.settings(settings));
        return said(new LatencyGate(() -> nowNanos).judge(candidate));
    }

    /// @param millisOfRun how long a run takes; the first is number -1 and tries whether the values are taken
    private LoadedModel model(LongUnaryOperator millisOfRun) {
        return Candidates.model(ROWS, (inputs, outputs) -> {
            nowNanos += millisOfRun.applyAsLong(asked.size() - 1) * MILLI;
            asked.add(inputs);
            return List.of(ANSWER);
        });
    }
}
