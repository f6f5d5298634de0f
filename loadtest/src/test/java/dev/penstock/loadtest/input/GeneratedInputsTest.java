package dev.penstock.loadtest.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class GeneratedInputsTest {
    private static final InferRequests.Model TEXT = new InferRequests.Model(
            List.of(
                    new TensorSpec("ids", "INT64", List.of(-1L, -1L)),
                    new TensorSpec("mask", "INT64", List.of(-1L, -1L))),
            List.of());

    private static List<InferRequest> requests(InputPlan.Builder plan, InferRequests.Model model) {
        return InferRequests.of(plan.build(), "m", "", model);
    }

    @RepeatedTest(10)
    void aSeedMakesTheSameRequestsAndAnotherMakesOthers() {
        long seed = System.nanoTime();
        InputPlan.Builder plan = InputPlan.builder()
                .length(new Distribution.Uniform(4, 40))
                .rows(new Distribution.Uniform(1, 3))
                .seed(seed);

        List<InferRequest> first = requests(plan, TEXT);

        assertThat(requests(plan, TEXT)).as("seed %d", seed).isEqualTo(first);
        assertThat(requests(plan.seed(seed + 1), TEXT)).as("seed %d", seed).isNotEqualTo(first);
        assertThat(new HashSet<>(first)).as("seed %d", seed).hasSize(InputPlan.GENERATED);
        assertThat(first).allSatisfy(request -> {
            List<Tensor> inputs = WireMessages.inputs(request.message());
            assertThat(inputs.getFirst().shape()).isEqualTo(inputs.getLast().shape());
            assertThat(inputs.getFirst().shape().getLast()).isBetween(4L, 40L);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "BOOL,0,1",
        "INT8,-128,127",
        "INT16,-300,300",
        "INT32,5,5",
        "INT64,-9,9",
        "UINT8,250,255",
        "UINT16,0,65535",
        "UINT32,4294967290,4294967295",
        "UINT64,0,9",
        "FP16,-2,2",
        "BF16,-2,2",
        "FP32,0.25,0.5",
        "FP64,-1,1"
    })
    void valuesStayInTheirRange(String datatype, double low, double high) {
        InferRequests.Model model =
                new InferRequests.Model(List.of(new TensorSpec("x", datatype, List.of(-1L, 50L))), List.of());

        for (InferRequest request : requests(InputPlan.builder().range("x", new ValueRange(low, high)), model)) {
            for (JsonNode value : Elements.decode(datatype, request.message().getRawInputContents(0))) {
                double number = value.isBoolean() ? (value.booleanValue() ? 1 : 0) : value.doubleValue();
                assertThat(number).isBetween(low, high);
            }
        }
    }

    @Test
    void drawsFromChoices() {
        InferRequests.Model model =
                new InferRequests.Model(List.of(new TensorSpec("sex", "BYTES", List.of(-1L, 1L))), List.of());

        assertThat(requests(InputPlan.builder().choices("sex", List.of("F", "M")), model))
                .extracting(
                        request -> Elements.decode("BYTES", request.message().getRawInputContents(0))
                                .toString())
                .contains("[\"F\"]", "[\"M\"]")
                .containsOnly("[\"F\"]", "[\"M\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"128", "uniform(8,128)", "normal(40.0,10.0)", "lognormal(40.0,0.5)", "16:3.0,64:1.0"})
    void distributionsAreReadAsTheyAreWritten(String text) {
        Distribution distribution = Distribution.parse(text);
        SplittableRandom random = new SplittableRandom(7);

        assertThat(distribution).hasToString(text);
        for (int i = 0; i < 1000; i++) {
            assertThat(distribution.draw(random)).isBetween(1L, Distribution.MAX);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "-1", "uniform(8)", "uniform(9,8)", "normal(0,1)", "gauss(1,2)", "1:0", "1:", "1:2:3"})
    void otherTextsAreNoDistributions(String text) {
        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> Distribution.parse(text))
                .withMessageStartingWith("size: ");
    }

    @Test
    void lengthsFollowTheirDistribution() {
        SplittableRandom random = new SplittableRandom(11);
        Distribution weighted = Distribution.parse("16:3,64:1");
        Distribution logNormal = Distribution.parse("lognormal(40,0.5)");
        int small = 0;
        int belowMedian = 0;
        for (int i = 0; i < 40_000; i++) {
            small += weighted.draw(random) == 16 ? 1 : 0;
            belowMedian += logNormal.draw(random) < 40 ? 1 : 0;
        }

        assertThat(small).isBetween(29_500, 30_500);
        assertThat(belowMedian).isBetween(19_000, 20_500);
    }

    @Test
    void aPlanIsReadAsItIsWritten() {
        JsonNode json = Json.parse("test", """
                {"rows": "uniform(1,4)", "length": 16, "shapes": {"ids": [-1, 12]}, "ranges": {"ids": [0, 30521]},
                 "choices": {"mask": [1]}, "declared": {"ids": "INT64[-1,-1]"}, "payloads": 9, "seed": 3,
                 "record-expected": true, "tolerance": {"relative": 0.01}, "outputs": ["label"],
                 "parameters": {"priority": 1}}
                """.getBytes(StandardCharsets.UTF_8));

        InputPlan plan = InputPlan.read("mix[0].inputs", json, Path.of("/there"));

        assertThat(plan.tolerance()).isEqualTo(new Tolerance(0.01, Tolerance.DEFAULT.absolute()));
        assertThat(plan.shapes()).containsEntry("ids", List.of(-1L, 12L));
        assertThat(InputPlan.read("again", plan.toJson(), Path.of("/there"))).isEqualTo(plan);
        InputPlan files = InputPlan.builder()
                .file("ids", Path.of("/a.npy"))
                .expected(InputPlan.WHOLE, Path.of("/b.csv"))
                .build();
        assertThat(InputPlan.read("again", files.toJson(), Path.of("/there"))).isEqualTo(files);
        assertThat(files.withParameters(files.parameters())).isEqualTo(files);
        assertThat(plan.withParameters(plan.parameters())).isEqualTo(plan);
        assertThat(plan.withParameters(Map.of()).parameters()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"row\": 1}|mix[0].inputs: unknown key 'row' (expected: rows, length,",
                "{\"rows\": true}|mix[0].inputs.rows: true (expected: a text or a number)",
                "{\"length\": \"uniform(9,1)\"}|mix[0].inputs.length: size: 9,1 (expected: uniform(LOW,HIGH)",
                "{\"ranges\": {\"x\": [1]}}|mix[0].inputs.ranges: range: '1' (expected: LOW,HIGH such as 0,255)",
                "{\"payloads\": 0}|mix[0].inputs: payloads: 0 (expected: 1 to 100000)"
            })
    void saysWhichKeyIsWrong(String json, String message) {
        JsonNode node = Json.parse("test", json.getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> InputPlan.read("mix[0].inputs", node, Path.of("")))
                .withMessageStartingWith(message);
    }

    @Test
    void saysWhatTheModelTakes() {
        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> requests(InputPlan.builder().shape("ids", List.of(1L)), TEXT))
                .withMessage("the shape of input 'ids': [1] (expected: one of [-1,-1], as the model has it)");
        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> requests(InputPlan.builder().range("idz", new ValueRange(0, 1)), TEXT))
                .withMessage("the model has no input 'idz' (it has: ids INT64 [-1,-1]; mask INT64 [-1,-1])");
    }
}
