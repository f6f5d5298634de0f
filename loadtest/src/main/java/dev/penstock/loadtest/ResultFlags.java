package dev.penstock.loadtest;

import dev.penstock.loadtest.flags.WithHelp;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags of `loadtest` that say what becomes of its results.
final class ResultFlags extends WithHelp {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "For result.json, report.html and so on. Default: loadtest-results/NAME-TIME")
    private @Nullable Path output;

    @Option(names = "--name", paramLabel = "NAME", description = "Of the test. Default: the model's.")
    private @Nullable String name;

    @Option(names = "--show-scenario", description = "Prints the whole scenario as YAML, and asks nothing.")
    private boolean show;

    Optional<Path> output() {
        return Optional.ofNullable(output);
    }

    /// Null for the model's.
    @Nullable
    String name() {
        return name;
    }

    /// Whether the scenario is only to be shown.
    boolean isShown() {
        return show;
    }
}
