package dev.penstock.loadtest.replay;

import java.util.List;
import java.util.Map;

/// What came of a replay.
///
/// @param sent requests that were sent
/// @param same answers that are near enough
/// @param different answers that are not
/// @param uncompared answers of which nothing was compared
/// @param redactedOutputs of all answers, that were not compared
/// @param failed requests without an answer
/// @param unreachable those of them that nobody took
/// @param skipped records that cannot be sent again
/// @param outputs what was compared, by name
/// @param differences of single answers, the first few, in words
/// @param failures the first few, in words
/// @param reasons why records were skipped, and how many of them
public record ReplayResult(
        long sent,
        long same,
        long different,
        long uncompared,
        long redactedOutputs,
        long failed,
        long unreachable,
        long skipped,
        List<Output> outputs,
        List<String> differences,
        List<String> failures,
        Map<String, Long> reasons) {
    public ReplayResult {
        outputs = List.copyOf(outputs);
        differences = List.copyOf(differences);
        failures = List.copyOf(failures);
        reasons = Map.copyOf(reasons);
    }

    /// One output over all answers.
    ///
    /// @param answers that have it
    /// @param different answers in which it is not near enough
    /// @param values that were compared
    /// @param differentValues of them
    /// @param absolute the largest difference
    /// @param relative the largest, as a share of the recorded value
    public record Output(
            String name,
            long answers,
            long different,
            long values,
            long differentValues,
            double absolute,
            double relative) {
        Output with(AnswerDifference one) {
            return new Output(
                    name,
                    answers + 1,
                    different + (one.isSame() ? 0 : 1),
                    values + one.values(),
                    differentValues + one.different(),
                    Math.max(absolute, one.absolute()),
                    Math.max(relative, one.relative()));
        }
    }
}
