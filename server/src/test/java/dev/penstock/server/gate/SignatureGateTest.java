package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.SignatureChange;
import dev.penstock.core.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SignatureGateTest {
    private static final Signature OLD = new Signature(
            List.of(TensorSpec.of("image", DataType.FP32, -1, 64)),
            List.of(TensorSpec.of("label", DataType.INT64, -1), TensorSpec.of("scores", DataType.FP32, -1, 10)),
            8);

    /// @param finding what is said, or "" if callers notice nothing
    record Row(String about, Signature before, Signature after, String finding) {
        @Override
        public String toString() {
            return about;
        }
    }

    static Stream<Row> changes() {
        return Stream.of(
                new Row("the same", OLD, OLD, ""),
                row("a fixed dimension takes any size", inputs(spec(-1, 64)), inputs(spec(-1, -1)), ""),
                row(
                        "any size becomes fixed",
                        inputs(spec(-1, -1)),
                        inputs(spec(-1, 64)),
                        "input 'x' took [-1,-1] and takes [-1,64]: dimension 1 was any and is 64"),
                row(
                        "another size",
                        inputs(spec(-1, 64)),
                        inputs(spec(-1, 32)),
                        "input 'x' took [-1,64] and takes [-1,32]: dimension 1 was 64 and is 32"),
                row(
                        "another rank",
                        inputs(spec(-1, 64)),
                        inputs(spec(-1, 8, 8)),
                        "input 'x' took [-1,64] and takes [-1,8,8]"),
                row("one element becomes a scalar, which may be sent as one", inputs(spec(1)), inputs(spec()), ""),
                row("a scalar becomes one element", inputs(spec()), inputs(spec(1)), "input 'x' took [] and takes [1]"),
                row(
                        "another type",
                        inputs(TensorSpec.of("x", DataType.FP32, 2)),
                        inputs(TensorSpec.of("x", DataType.FP16, 2)),
                        "input 'x' was FP32 and is FP16"),
                row(
                        "a new input",
                        inputs(spec(2)),
                        inputs(spec(2), TensorSpec.of("mask", DataType.BOOL, 2)),
                        "input 'mask' (BOOL [2]) is new and required"),
                row("a new input that may be left out", inputs(spec(2)), inputs(spec(2), optional("mask")), ""),
                row(
                        "an input is gone",
                        inputs(spec(2), spec("y", 2)),
                        inputs(spec(2)),
                        "input 'y' is gone, and callers send it"),
                row(
                        "an input that could be left out cannot any more",
                        inputs(spec(2), optional("mask")),
                        inputs(spec(2), TensorSpec.of("mask", DataType.BOOL, 2)),
                        "input 'mask' was optional and is required"),
                row("inputs in another order", inputs(spec(2), spec("y", 3)), inputs(spec("y", 3), spec(2)), ""),
                row("a new output", outputs(spec(2)), outputs(spec(2), spec("y", 2)), ""),
                row("an output is gone", outputs(spec(2), spec("y", 2)), outputs(spec(2)), "output 'y' is gone"),
                row(
                        "an output of another type",
                        outputs(TensorSpec.of("x", DataType.FP32, 2)),
                        outputs(TensorSpec.of("x", DataType.INT32, 2)),
                        "output 'x' was FP32 and is INT32"),
                row("an output becomes fixed", outputs(spec(-1)), outputs(spec(3)), ""),
                row(
                        "an output may have any size",
                        outputs(spec(3)),
                        outputs(spec(-1)),
                        "output 'x' was [3] and is [-1]"),
                row("an output of another rank", outputs(spec(1)), outputs(spec()), "output 'x' was [1] and is []"),
                row(
                        "two faults",
                        inputs(spec(2), spec("y", 2)),
                        inputs(spec(3)),
                        "input 'x' took [2] and takes [3]: dimension 0 was 2 and is 3; "
                                + "input 'y' is gone, and callers send it"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void saysWhatCallersNotice(Row row) {
        String found = String.join("; ", SignatureChange.breaks(row.before(), row.after()));

        assertThat(found).isEqualTo(row.finding());
    }

    @ParameterizedTest
    @CsvSource({
        "8, 8, ''",
        "8, 16, ''",
        "8, 0, ''",
        "0, 0, ''",
        "8, 4, requests could have 8 rows and can have 4",
        "0, 4, 'input ''x'' took [-1,2], with any rows, and requests can have 4'"
    })
    void asManyRowsMustBeAllowed(int before, int after, String finding) {
        Signature old = new Signature(List.of(spec(-1, 2)), List.of(), before);
        Signature now = new Signature(List.of(spec(-1, 2)), List.of(), after);

        assertThat(String.join("; ", SignatureChange.breaks(old, now))).isEqualTo(finding);
    }

    @Test
    void aNameThatDimensionsShareIsAConditionOnRequests() {
        Signature free = inputs(named("a", "n", "k"), named("b", "n", "m"));
        Signature bound = inputs(named("a", "rows", "seq"), named("b", "rows", "seq"));

        assertThat(SignatureChange.breaks(free, bound))
                .containsExactly("dimension 1 of input 'a' and dimension 1 of input 'b' must be equal now ('seq')");
        assertThat(SignatureChange.breaks(bound, free)).isEmpty();
    }

    @Test
    void rowsAreEqualAnyway() {
        Signature unnamed = new Signature(List.of(named("a", ""), named("b", "")), List.of(), 4);
        Signature bound = new Signature(List.of(named("a", "batch"), named("b", "batch")), List.of(), 4);

        assertThat(SignatureChange.breaks(unnamed, bound)).isEmpty();
        assertThat(SignatureChange.breaks(
                        inputs(named("a", ""), named("b", "")), inputs(named("a", "n"), named("b", "n"))))
                .hasSize(1);
    }

    @Test
    void whatBreaksFailsUnlessThatIsMeant() {
        Signature shorter = new Signature(OLD.inputs(), OLD.outputs().subList(0, 1), 8);
        Candidate candidate = candidate(shorter);

        assertThat(said(SignatureGate.judge(candidate, OLD))).isEqualTo("FAILED output 'scores' is gone");
        assertThat(said(SignatureGate.judge(Candidates.breaking(candidate), OLD)))
                .isEqualTo("SKIPPED it may break callers: output 'scores' is gone");
    }

    @Test
    void whatFitsPassesAndTheFirstHasNothingToFit() {
        Signature shorter = new Signature(OLD.inputs(), OLD.outputs().subList(0, 1), 8);

        assertThat(said(SignatureGate.judge(candidate(OLD), shorter)))
                .isEqualTo("PASSED callers of the version before it can call it; new outputs: scores");
        assertThat(said(SignatureGate.judge(candidate(OLD), null))).isEqualTo("SKIPPED it follows no other version");
    }

    private static Candidate candidate(Signature signature) {
        return Candidates.of(Candidates.model(signature, (inputs, outputs) -> List.of()), Candidates.NO_FILES);
    }

    private static Row row(String about, Signature before, Signature after, String finding) {
        return new Row(about, before, after, finding);
    }

    private static Signature inputs(TensorSpec... specs) {
        return new Signature(List.of(specs), List.of(), 0);
    }

    private static Signature outputs(TensorSpec... specs) {
        return new Signature(List.of(), List.of(specs), 0);
    }

    private static TensorSpec spec(long... dims) {
        return spec("x", dims);
    }

    private static TensorSpec spec(String name, long... dims) {
        return TensorSpec.of(name, DataType.FP32, dims);
    }

    private static TensorSpec optional(String name) {
        return new TensorSpec(name, DataType.BOOL, Shape.of(2), List.of(""), true);
    }

    private static TensorSpec named(String name, String... dimNames) {
        long[] dims = new long[dimNames.length];
        Arrays.fill(dims, -1);
        return new TensorSpec(name, DataType.FP32, Shape.of(dims), List.of(dimNames), false);
    }
}
