package dev.penstock.loadtest;

import dev.penstock.loadtest.compare.Comparison;
import dev.penstock.loadtest.compare.Criteria;
import dev.penstock.loadtest.report.ComparisonReport;
import dev.penstock.loadtest.result.ResultFileException;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.result.TestResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `penstock loadtest compare`.
@Command(
        name = "compare",
        sortOptions = false,
        description = {
            "Tells whether a load test's result B is better or worse than A, for each stage",
            "that both have. Intervals say what may be chance within these two runs; they",
            "cannot know how much other runs of the same server would differ."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  Fail a build if p99 is shown to have grown by more than 5 %%:",
            "    penstock loadtest compare before.json after.json --max-p99-increase 5%%",
            "  The same, and fail as well if the runs were too short to tell:",
            "    penstock loadtest compare before.json after.json --max-p99-increase 5%% \\",
            "        --strict",
            "",
            "Exit codes: 0 B passes, 1 it does not, 2 wrong usage, wrong files or results",
            "that are not valid."
        })
final class CompareCommand implements Callable<Integer> {
    private static final int PASSES = 0;
    private static final int DOES_NOT_PASS = 1;
    /// What a test's folder holds, so that the folder can be named as well.
    private static final String FILE = "result.json";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A.json", description = "The result to compare with, or its folder.")
    private Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "B.json", description = "The result that is judged, or its folder.")
    private Path after = Path.of("");

    @Mixin
    private CompareLimits limits = new CompareLimits();

    @Option(
            names = "--strict",
            description = "B does not pass either where a limit is undecided, where there are no limits and not enough "
                    + "data, or where it lacks a stage of A.")
    private boolean strict;

    @Option(
            names = "--confidence",
            paramLabel = "95%",
            defaultValue = "95%",
            converter = PercentText.class,
            description = "That all intervals hold together. Default: 95%%")
    private double confidence;

    @Option(
            names = "--tolerance",
            paramLabel = "1%",
            defaultValue = "1%",
            converter = PercentText.class,
            description = "Differences of rates and latencies up to that are no differences. Default: 1%%")
    private double tolerance;

    @Option(
            names = "--allow-invalid",
            description = "Compares stages all the same whose client could not keep up. They prove nothing.")
    private boolean allowInvalid;

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Override
    public Integer call() {
        if (!(confidence > 0 && confidence < 1)) {
            throw new ParameterException(
                    command().commandLine(), "--confidence (expected: above 0% and below 100%, such as 95%)");
        }
        TestResult a = read(before);
        TestResult b = read(after);
        requireComparable(a, b);
        Comparison comparison = Comparison.of(a, b, new Criteria(confidence, tolerance, limits.byMetric()));
        boolean passes = comparison.passes(strict);
        ComparisonReport report = new ComparisonReport(a, b, comparison, passes);
        PrintWriter out = command().commandLine().getOut();
        switch (output.format()) {
            case TABLE -> report.print(out);
            case JSON -> out.println(report.toJson());
        }
        return passes ? PASSES : DOES_NOT_PASS;
    }

    private TestResult read(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        try {
            return TestResults.read(file);
        } catch (ResultFileException e) {
            throw refused(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw refused(file + " cannot be read: " + e);
        }
    }

    private void requireComparable(TestResult a, TestResult b) {
        Set<String> common = new LinkedHashSet<>(names(a));
        common.retainAll(names(b));
        if (common.isEmpty()) {
            throw refused("A and B have no stage of the same name (A: " + names(a) + "; B: " + names(b) + ")");
        }
        if (allowInvalid) {
            return;
        }
        String bad = invalid("A", a, common) + invalid("B", b, common);
        if (!bad.isEmpty()) {
            throw refused(
                    "not compared, as not all is valid:" + bad + " (with --allow-invalid it is, for what it is worth)");
        }
    }

    private static List<String> names(TestResult result) {
        return result.stages().stream().map(StageResult::name).toList();
    }

    private static String invalid(String which, TestResult result, Set<String> common) {
        return result.stages().stream()
                .filter(stage -> common.contains(stage.name()))
                .filter(stage -> !stage.validity().isValid())
                .map(stage -> " " + which + ", " + stage.name() + ": "
                        + String.join(" ", stage.validity().reasons()))
                .collect(Collectors.joining());
    }

    private ParameterException refused(String message) {
        return new ParameterException(command().commandLine(), message);
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command was not made by its command line");
        }
        return spec;
    }
}
