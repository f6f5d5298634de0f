package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.golden;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.store.GateRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// All gates together, on real models.
class GatesTest {
    private static final Signature BEFORE = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1, 4)), List.of(TensorSpec.of("y", DataType.FP32, -1, 3)), 0);

    private final Models models = new Models();
    private final Gates gates = new Gates(List.of(), () -> 7);

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void nothingNativeIsLeft() {
        models.close();
    }

    @Test
    void aPlainModelPasses() {
        LoadedModel tiny = models.load(folder, OnnxModels.tiny());
        List<GateRecord> said = gates.check(Candidates.of(tiny, VersionFiles.in(folder)), BEFORE);

        assertThat(said)
                .extracting(record -> record.gate() + " " + record.verdict())
                .containsExactly(
                        "signature PASSED",
                        "size SKIPPED",
                        "batching SKIPPED",
                        "golden SKIPPED",
                        "latency SKIPPED",
                        "webhook SKIPPED");
        assertThat(Gates.problem(said)).isEmpty();
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws Exception {
        LoadedModel add = models.load(folder, OnnxModels.add(2));
        Files.writeString(folder.resolve(Golden.FILE), GoldenGateTest.oneCase("""
                {"inputs": [{"name": "a", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]},
                            {"name": "b", "datatype": "FP32", "shape": [1, 2], "data": [1, 2]}]}""", """
                {"outputs": [{"name": "sum", "datatype": "FP32", "shape": [1, 2], "data": [2, 5]}]}"""));
        GateSettings settings = GateSettingsTest.settings(
                "gate.max-file-bytes", "1B",
                "gate.batching", "required",
                "gate.latency-p99", "1ms",
                "gate.webhook", "http://localhost:1/gate");
        Candidate candidate = Candidates.of(add, add.signature(), VersionFiles.in(folder), settings);

        List<GateRecord> said = gates.check(candidate, BEFORE);

        assertThat(said)
                .extracting(record -> record.gate() + " " + record.verdict())
                .containsExactly(
                        "signature FAILED",
                        "size FAILED",
                        "batching FAILED",
                        "golden FAILED",
                        "latency PASSED",
                        "webhook FAILED");
        assertThat(Gates.problem(said))
                .startsWith("gate signature: input 'x' is gone, and callers send it; "
                        + "input 'a' (FP32 [batch,2]) is new and required; ")
                .contains("; gate size: its files are more than gate.max-file-bytes, 1 bytes: ")
                .contains("; gate golden: 1 of 1 golden requests are not answered as expected: "
                        + "cases[0]: output 'sum'[0,1]: expected 5.0, got 4.0 (apart: 1.0, allowed: 5.01E-4)")
                .endsWith("; gate webhook: localhost:1 is not among the hosts that webhooks may lead to");
    }

    @Test
    void whatNobodyForesawIsNoVerdict() {
        LoadedModel odd = Candidates.model(BEFORE, (inputs, outputs) -> {
            throw new IllegalStateException("odd");
        });
        String golden = GoldenGateTest.oneCase("""
                {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 4], "data": [1, 2, 3, 4]}]}""", """
                {"outputs": [{"name": "y", "datatype": "FP32", "shape": [1, 3], "data": [1, 2, 3]}]}""");

        assertThatThrownBy(() -> gates.check(Candidates.of(odd, golden(golden)), null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("odd");
    }

    @Test
    void whatIsKeptHasALimit() {
        LoadedModel tiny = models.load(folder, OnnxModels.tiny());
        String golden = "{\"cases\": [], \"" + "x".repeat(10_000) + "\": 1}";

        List<GateRecord> said = gates.check(Candidates.of(tiny, golden(golden)), null);

        assertThat(Gates.problem(said)).hasSizeLessThan(4100).endsWith(" characters)");
    }
}
