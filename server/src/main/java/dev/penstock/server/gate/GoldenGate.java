package dev.penstock.server.gate;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.RequestCheck;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingException;
import dev.penstock.core.Tensor;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Refuses a version that does not answer the requests in its [Golden#FILE] as that file says.
final class GoldenGate {
    static final String NAME = "golden";

    /// What people read; the rest is counted.
    private static final int MOST_TOLD = 20;

    private GoldenGate() {}

    static GateRecord judge(Candidate candidate) {
        try {
            @Nullable Golden golden = read(candidate.files());
            if (golden == null) {
                return missing(candidate.settings());
            }
            return judge(candidate, golden);
        } catch (IOException | IllegalArgumentException e) {
            return new GateRecord(NAME, Verdict.FAILED, "%s: %s".formatted(Golden.FILE, e.getMessage()));
        }
    }

    /// @return null if there is none
    /// @throws IllegalArgumentException if it is not what it must be
    static @Nullable Golden read(VersionFiles files) throws IOException {
        byte @Nullable [] text = files.read(Golden.FILE, Golden.MAX_BYTES);
        return text == null ? null : GoldenReader.read(text);
    }

    private static GateRecord missing(GateSettings settings) {
        return settings.goldenRequired()
                ? new GateRecord(
                        NAME,
                        Verdict.FAILED,
                        "%s is required, and there is no %s beside the model"
                                .formatted(GateSettings.GOLDEN, Golden.FILE))
                : new GateRecord(NAME, Verdict.SKIPPED, "there is no %s beside the model".formatted(Golden.FILE));
    }

    private static GateRecord judge(Candidate candidate, Golden golden) {
        Runner runner = candidate.model().runner(0);
        List<String> problems = new ArrayList<>();
        int wrong = 0;
        long values = 0;
        for (Golden.Case one : golden.cases()) {
            List<String> differences = run(candidate, runner, golden, one);
            wrong += differences.isEmpty() ? 0 : 1;
            differences.forEach(difference -> problems.add(one.name() + ": " + difference));
            for (Tensor output : one.outputs()) {
                values += output.shape().elementCount();
            }
        }
        if (problems.isEmpty()) {
            return new GateRecord(
                    NAME,
                    Verdict.PASSED,
                    "%d golden requests are answered as expected (%d values)"
                            .formatted(golden.cases().size(), values));
        }
        String told = String.join("; ", problems.subList(0, Math.min(MOST_TOLD, problems.size())));
        int untold = problems.size() - MOST_TOLD;
        String rest = untold > 0 ? "; and %d more findings".formatted(untold) : "";
        return new GateRecord(
                NAME,
                Verdict.FAILED,
                "%d of %d golden requests are not answered as expected: %s%s"
                        .formatted(wrong, golden.cases().size(), told, rest));
    }

    private static List<String> run(Candidate candidate, Runner runner, Golden golden, Golden.Case one) {
        List<Tensor> answers;
        try {
            check(candidate, one.inputs(), one.outputNames());
            answers = runner.run(one.inputs(), one.outputNames());
        } catch (ServingException e) {
            return List.of(e.code() + ": " + e.reason());
        }
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Tensor expected = one.outputs().get(i);
            differences.addAll(TensorComparison.differences(
                    expected, answers.get(i), golden.own().get(expected.name()), golden.general()));
        }
        return differences;
    }

    /// Native code sees nothing that a caller could not send.
    ///
    /// @throws ServingException if a caller could not
    static void check(Candidate candidate, List<Tensor> inputs, List<String> outputs) {
        String model = candidate.key().name();
        InferenceRequest request = new InferenceRequest(model, "", "", inputs, outputs, InferenceRequest.NO_DEADLINE);
        RequestCheck.check(model, candidate.signature(), request);
    }
}
