package dev.penstock.loadtest;

import dev.penstock.loadtest.scenario.Overrides;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags of `loadtest` that say what is sent.
final class InputFlags {
    private static final String INPUTS = "mix[0].inputs";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "The model to ask.")
    private @Nullable String model;

    @Option(names = "--version", paramLabel = "V", description = "Of the model. Default: the server's choice.")
    private @Nullable String version;

    @Option(
            names = {"-b", "--rows"},
            paramLabel = "N",
            description = "Rows of each request: 1, or a distribution such as uniform(1,8). Default: 1")
    private @Nullable String rows;

    @Option(
            names = "--length",
            paramLabel = "N",
            description = "What other open dimensions are, such as 128 or lognormal(40,0.5).")
    private @Nullable String length;

    @Option(
            names = "--shape",
            paramLabel = "INPUT=SHAPE",
            description = "Instead of the model's, such as image=1,64. Once per input.")
    private Map<String, String> shapes = new LinkedHashMap<>();

    @Option(
            names = "--range",
            paramLabel = "INPUT=LOW,HIGH",
            description = "From which values are drawn. Once per input.")
    private Map<String, String> ranges = new LinkedHashMap<>();

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "What is sent: JSON, JSON lines, CSV, .npy or binary. Default: random values.")
    private @Nullable Path data;

    @Option(names = "--expected", paramLabel = "FILE", description = "Right answers to it; others are errors.")
    private @Nullable Path expected;

    @Option(names = "--tolerance", paramLabel = "X", description = "Of right answers, relative. Default: 1e-4")
    private @Nullable Double tolerance;

    @Option(names = "--priority", paramLabel = "N", description = "Of each request; 1 is the most urgent.")
    private @Nullable String priority;

    void addTo(Overrides overrides) {
        TargetFlags.set(overrides, "--model", "mix[0].model", model);
        TargetFlags.set(overrides, "--version", "mix[0].version", version);
        TargetFlags.set(overrides, "--priority", "mix[0].priority", priority);
        TargetFlags.set(overrides, "--rows", INPUTS + ".rows", rows);
        TargetFlags.set(overrides, "--length", INPUTS + ".length", length);
        shapes.forEach((name, shape) -> overrides.put("--shape", INPUTS + ".shapes", name, shape));
        ranges.forEach((name, range) -> overrides.put("--range", INPUTS + ".ranges", name, range));
        TargetFlags.set(overrides, "--data", INPUTS + ".files", absolute(data));
        TargetFlags.set(overrides, "--expected", INPUTS + ".expected", absolute(expected));
        if (tolerance != null) {
            overrides.set("--tolerance", INPUTS + ".tolerance", tolerance);
        }
    }

    /// A scenario's own files are looked for beside it.
    static @Nullable String absolute(@Nullable Path file) {
        return file == null ? null : file.toAbsolutePath().normalize().toString();
    }
}
