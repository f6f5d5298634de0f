package dev.penstock.loadtest.result;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything one call of `./penstock loadtest` found out, with what is needed to do it again.
///
/// @param name of the scenario
/// @param at when it began
/// @param machine where the client ran
/// @param versions of the client and of the server, by name: `penstock`, `server`, `java`
/// @param command the arguments as they were given, without values of headers
/// @param scenario the whole scenario as YAML, with all that was left to defaults and without values of headers
/// @param slo what was to be kept; empty if the scenario has none
/// @param stages in the order in which they were run
/// @param findings what a search or a sweep recommends, in words; empty for others
/// @param recommended what that was; empty without a search and without a sweep
public record TestResult(
        String name,
        Instant at,
        Machine machine,
        Map<String, String> versions,
        List<String> command,
        String scenario,
        Optional<Slo> slo,
        List<StageResult> stages,
        List<String> findings,
        Optional<Recommended> recommended) {
    public TestResult {
        versions = Map.copyOf(versions);
        command = List.copyOf(command);
        stages = List.copyOf(stages);
        findings = List.copyOf(findings);
    }

    /// Whether every stage can be relied on.
    public boolean isValid() {
        return stages.stream().allMatch(stage -> stage.validity().isValid());
    }
}
