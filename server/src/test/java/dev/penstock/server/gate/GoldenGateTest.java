package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.golden;
import static dev.penstock.server.gate.Candidates.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.Signature;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Golden requests, run by real models.
class GoldenGateTest {
    private final Models models = new Models();

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void nothingNativeIsLeft() {
        models.close();
    }

    @Test
    void aRightAnswerPasses() {
        LoadedModel iris = models.example("iris/1");

        assertThat(judged(iris, oneCase(Models.exampleRequest("iris"), labels(1))))
                .isEqualTo("PASSED 1 golden requests are answered as expected (1 values)");
    }

    @Test
    void aWrongAnswerIsToldByOutputAndPlace() {
        LoadedModel iris = models.example("iris/1");

        assertThat(judged(iris, oneCase(Models.exampleRequest("iris"), labels(2))))
                .isEqualTo("FAILED 1 of 1 golden requests are not answered as expected: "
                        + "cases[0]: output 'label'[0]: expected 2, got 1");
    }

    @Test
    void textAndNumbersOfSeveralInputsAreSent() {
        LoadedModel diabetes = models.example("diabetes/1");
        String response = """
                {"outputs": [{"name": "progression", "datatype": "FP32", "shape": [1, 1], "data": [%s]}]}""";

        assertThat(judged(diabetes, oneCase(Models.exampleRequest("diabetes"), response.formatted("84.4882"))))
                .startsWith("PASSED");
        assertThat(judged(diabetes, oneCase(Models.exampleRequest("diabetes"), response.formatted("84.6"))))
                .startsWith("FAILED 1 of 1 golden requests are not answered as expected: "
                        + "cases[0]: output 'progression'[0,0]: expected 84.6, got 84.488")
                .contains(", allowed: 0.00846");
    }

    @Test
    void stringsMustBeTheSame() {
        LoadedModel words = models.load(folder, OnnxModels.words("good", "bad", "ügly"));
        String request = """
                {"inputs": [{"name": "x", "datatype": "INT64", "shape": [3], "data": [2, 0, 1]}]}""";
        String response = """
                {"outputs": [{"name": "y", "datatype": "BYTES", "shape": [3], "data": ["ügly", "Good", "bad"]}]}""";

        assertThat(judged(words, oneCase(request, response)))
                .endsWith("cases[0]: output 'y'[1]: expected \"Good\", got \"good\"");
        assertThat(judged(words, oneCase(request, response.replace("Good", "good"))))
                .startsWith("PASSED");
    }

    @Test
    void whatIsNoNumberIsExpectedToBeNone() {
        LoadedModel same = models.load(folder, OnnxModels.identity(DataType.FP32, -1));
        String request = """
                {"inputs": [{"name": "x", "datatype": "FP32", "shape": [4], "data": [NaN, Infinity, "-Infinity", 1]}]}""";
        String response = """
                {"outputs": [{"name": "y", "datatype": "FP32", "shape": [4], "data": ["NaN", "Infinity", -Infinity, NaN]}]}""";

        assertThat(judged(same, oneCase(request, response)))
                .endsWith("cases[0]: output 'y'[3]: expected NaN, got 1.0 (apart: NaN, allowed: NaN)");
    }

    @Test
    void everyCaseIsRunAndNamed() {
        LoadedModel two = models.load(folder, OnnxModels.twoOutputs());
        String cases = """
                {"cases": [
                  {"name": "right",
                   "request": {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [[1, 2]]}]},
                   "response": {"model_name": "m", "outputs": [
                     {"name": "negative", "datatype": "FP32", "shape": [1, 2], "data": [-1, -2]},
                     {"name": "double", "datatype": "FP32", "shape": [1, 2], "data": [[2, 4]]}]}},
                  {"name": "another type",
                   "request": {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]}]},
                   "response": {"outputs": [{"name": "double", "datatype": "FP64", "shape": [1, 2], "data": [2, 4]}]}},
                  {"name": "nobody could send it",
                   "request": {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}]},
                   "response": {"outputs": [{"name": "double", "datatype": "FP32", "shape": [1, 1], "data": [2]}]}},
                  {"name": "no such output",
                   "request": {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]}]},
                   "response": {"outputs": [{"name": "triple", "datatype": "FP32", "shape": [1, 2], "data": [3, 6]}]}}
                ]}""";

        assertThat(judged(two, cases))
                .startsWith("FAILED 3 of 4 golden requests are not answered as expected: "
                        + "another type: output 'double': expected FP64 [1,2], got FP32 [1,2]; "
                        + "nobody could send it: INVALID_ARGUMENT: unexpected shape for input 'x' for model 'digits'.")
                .endsWith("no such output: INVALID_ARGUMENT: unexpected inference output 'triple' for model 'digits'");
    }

    @Test
    void aModelThatFailsIsRefused() {
        LoadedModel failing = models.load(folder, OnnxModels.failing());
        String request = """
                {"inputs": [{"name": "shape", "datatype": "INT64", "shape": [1], "data": [7]}]}""";
        String response = """
                {"outputs": [{"name": "y", "datatype": "FP32", "shape": [7], "data": [1, 2, 3, 4, 5, 6, 7]}]}""";

        assertThat(judged(failing, oneCase(request, response)))
                .startsWith("FAILED 1 of 1 golden requests are not answered as expected: cases[0]: MODEL_FAILED: ");
    }

    @Test
    void toleranceIsAskedOfEachOutput() {
        LoadedModel two = models.load(folder, OnnxModels.twoOutputs());
        String cases = """
                {"tolerance": {"absolute": 0, "relative": 0},
                 "tolerances": {"double": {"absolute": 0.25}},
                 "cases": [{
                   "request": {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]}]},
                   "response": {"outputs": [
                     {"name": "double", "datatype": "FP32", "shape": [1, 2], "data": [2.25, 4.5]},
                     {"name": "negative", "datatype": "FP32", "shape": [1, 2], "data": [-1.125, -2]}]}}]}""";

        assertThat(judged(two, cases))
                .endsWith("cases[0]: output 'double'[0,1]: expected 4.5, got 4.0 (apart: 0.5, allowed: 0.25); "
                        + "cases[0]: output 'negative'[0,0]: expected -1.125, got -1.0 (apart: 0.125, allowed: 0.0)");
    }

    @Test
    void withoutGoldenRequestsItDependsOnWhetherTheyAreRequired() {
        LoadedModel tiny = models.load(folder, OnnxModels.tiny());
        Signature signature = tiny.signature();
        GateSettings required = GateSettingsTest.settings("gate.golden", "required");

        assertThat(said(GoldenGate.judge(Candidates.of(tiny, VersionFiles.in(folder)))))
                .isEqualTo("SKIPPED there is no golden.json beside the model");
        assertThat(said(GoldenGate.judge(Candidates.of(tiny, signature, VersionFiles.in(folder), required))))
                .isEqualTo("FAILED gate.golden is required, and there is no golden.json beside the model");
    }

    @Test
    void theFileBesideTheModelIsRead() throws IOException {
        LoadedModel tiny = models.load(folder, OnnxModels.tiny());
        Candidate candidate = Candidates.of(tiny, VersionFiles.in(folder));
        Path file = folder.resolve(Golden.FILE);

        Files.writeString(file, "{\"cases\": [");
        assertThat(said(GoldenGate.judge(candidate))).startsWith("FAILED golden.json: it is not JSON at line 1");

        Files.write(file, new byte[Golden.MAX_BYTES + 1]);
        assertThat(said(GoldenGate.judge(candidate)))
                .isEqualTo("FAILED golden.json: it has 4194305 bytes (expected: <= 4194304)");
    }

    @Test
    void muchThatDiffersIsCounted() {
        LoadedModel same = models.load(folder, OnnxModels.identity(DataType.INT32, -1));
        String zeros = "0,".repeat(99) + "0";
        String ones = "1,".repeat(99) + "1";
        String request = """
                {"inputs": [{"name": "x", "datatype": "INT32", "shape": [100], "data": [%s]}]}""".formatted(zeros);
        String response = """
                {"outputs": [{"name": "y", "datatype": "INT32", "shape": [100], "data": [%s]}]}""".formatted(ones);
        GateRecord record = GoldenGate.judge(Candidates.of(same, golden(oneCase(request, response))));

        assertThat(record.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(record.detail())
                .endsWith(
                        "cases[0]: output 'y'[2]: expected 1, got 0; cases[0]: output 'y': 97 more of 100 values differ");
    }

    private static String judged(LoadedModel model, String golden) {
        return said(GoldenGate.judge(Candidates.of(model, golden(golden))));
    }

    static String oneCase(String request, String response) {
        return "{\"cases\": [{\"request\": %s, \"response\": %s}]}".formatted(request, response);
    }

    private static String labels(int label) {
        return """
                {"outputs": [{"name": "label", "datatype": "INT64", "shape": [1], "data": [%d]}]}""".formatted(label);
    }
}
