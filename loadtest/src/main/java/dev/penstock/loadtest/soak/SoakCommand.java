package dev.penstock.loadtest.soak;

import dev.penstock.loadtest.bench.Bench;
import dev.penstock.loadtest.bench.BenchException;
import dev.penstock.loadtest.bench.Cores;
import dev.penstock.loadtest.bench.Installation;
import dev.penstock.loadtest.bench.Machine;
import dev.penstock.loadtest.bench.Report;
import dev.penstock.loadtest.bench.Results;
import dev.penstock.loadtest.bench.TempFolder;
import dev.penstock.loadtest.bench.Tempo;
import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.flags.WithHelp;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `penstock soak`.
@Command(
        name = "soak",
        sortOptions = false,
        description = {
            "Exchanges a model's versions under load; loads a large model beside a busy one.",
            "",
            "It starts a server of its own, with folders of its own, and asks it in two",
            "parts:",
            "",
            "swaps: registers a version, points the alias to it and deletes the one before,",
            "again and again, while callers of gRPC and REST go on. Every answer is looked",
            "at: the model is made so that its number tells which version ran. The server's",
            "memory is read after each exchange.",
            "",
            "interference: asks a busy model at 30 %% of the most it can do, at times that",
            "do not depend on answers, in turns: alone, and while MiniLM is registered,",
            "loaded, warmed and deleted all the time. With two cores and taskset, the server",
            "has one of them and the callers have the other.",
            "",
            "No request may fail, no answer be of a version that was not live or name",
            "another one, memory grow by no more than 1 MB per exchange, and p99 beside the",
            "loading be no more than 1.2 x p99 alone.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./penstock soak               a thousand swaps, eight pairs: ten minutes or so",
            "  ./penstock soak --quick       a hundred swaps and four short pairs",
            "  ./penstock soak --only swaps --swaps 5000",
            "",
            "Exit codes: 0 all was reached; 1 something was not; 2 wrong usage, or something",
            "is missing."
        })
public final class SoakCommand extends WithHelp implements Callable<Integer> {
    private static final int OK = 0;
    private static final int MISSED = 1;
    private static final int USAGE = 2;
    private static final int SWAPS = 1000;
    private static final int QUICK_SWAPS = 100;
    private static final int PAIRS = 8;
    private static final int QUICK_PAIRS = 4;

    /// A part of the soak.
    enum Part {
        SWAPS,
        INTERFERENCE
    }

    private final Map<String, String> environment;
    private final LongSupplier nanoClock;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--swaps", paramLabel = "N", description = "How many exchanges. Default: 1000, with --quick 100.")
    private @Nullable Integer swaps;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            description = "How many pairs of turns, alone and beside. Default: 8, with --quick 4.")
    private @Nullable Integer pairs;

    @Option(names = "--quick", description = "Fewer exchanges, fewer and shorter turns.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "PART",
            description = "Only this part: ${COMPLETION-CANDIDATES}.",
            completionCandidates = PartNames.class)
    private @Nullable Part only;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = {
                "Where soak.json and soak.md go.",
                "Default: target/bench of a checkout, bench/work of a distribution."
            })
    private @Nullable Path output;

    @Option(names = "--json", description = "Prints soak.json instead of the table.")
    private boolean json;

    /// As people write them.
    static final class PartNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Part.values())
                    .map(part -> part.name().toLowerCase(Locale.ROOT))
                    .iterator();
        }
    }

    /// @param environment with what the launcher sets
    public SoakCommand(Map<String, String> environment, LongSupplier nanoClock) {
        this.environment = environment;
        this.nanoClock = nanoClock;
    }

    @Override
    public Integer call() {
        PrintWriter err = command().commandLine().getErr();
        int swapping = checked("--swaps", swaps, quick ? QUICK_SWAPS : SWAPS, SwapModel.MAX_VERSION - 1);
        int pairing = checked("--pairs", pairs, quick ? QUICK_PAIRS : PAIRS, 1000);
        try (TempFolder folder = TempFolder.create("penstock-soak")) {
            return soak(Installation.of(environment), swapping, pairing, folder.path(), err);
        } catch (BenchException | LoadException e) {
            err.println("penstock soak: " + e.getMessage());
            return USAGE;
        } catch (IOException | UncheckedIOException e) {
            err.println("penstock soak: " + e);
            return USAGE;
        }
    }

    private int checked(String option, @Nullable Integer value, int usual, int most) {
        int count = value == null ? usual : value;
        if (count < 1 || count > most) {
            throw new ParameterException(
                    command().commandLine(), "%s %d (expected: 1 to %d)".formatted(option, count, most));
        }
        return count;
    }

    private int soak(Installation installation, int swapping, int pairing, Path folder, PrintWriter err)
            throws IOException {
        PrintWriter out = command().commandLine().getOut();
        Cores cores = Cores.ofThisMachine();
        Tempo tempo = Interference.tempo(quick);
        Report report = new Report();
        Map<String, String> machine = Machine.describe(installation, cores, tempo.name());
        long startNanos = nanoClock.getAsLong();
        Bench bench = new Bench(installation, cores, tempo, nanoClock, text -> err.println(at(startNanos) + text));
        Thread ender = new Thread(bench::close, "ends the servers");
        Runtime.getRuntime().addShutdownHook(ender);
        List<Double> residentMb = List.of();
        try (bench) {
            if (only != Part.INTERFERENCE) {
                Swaps exchanges = new Swaps(bench, swapping, nanoClock);
                exchanges.run(Files.createDirectory(folder.resolve("models")), folder.resolve("swaps"), report);
                residentMb = exchanges.residentMb();
            }
            if (only != Part.SWAPS) {
                new Interference(bench, tempo, pairing, nanoClock)
                        .run(folder.resolve("interference"), installation.work(), report);
            }
        }
        machine.put("took", at(startNanos).strip());
        ObjectNode results = Results.json(machine, report);
        ArrayNode memory = results.putArray("resident_mb");
        residentMb.forEach(memory::add);
        write(output == null ? installation.work() : output, results, text(machine, report), out);
        return report.rows().stream().allMatch(row -> row.verdict().reached()) ? OK : MISSED;
    }

    private static String text(Map<String, String> machine, Report report) {
        StringBuilder text = new StringBuilder();
        machine.forEach((name, value) ->
                text.append("- ").append(name).append(": ").append(value).append('\n'));
        text.append('\n').append(Results.numbers(report));
        report.notes().forEach(note -> text.append('\n').append(note).append('\n'));
        return text.toString();
    }

    private void write(Path folder, ObjectNode results, String text, PrintWriter out) throws IOException {
        String page = results.toPrettyString() + "\n";
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("soak.json"), page);
        Files.writeString(folder.resolve("soak.md"), text);
        out.print(json ? page : text);
        if (!json) {
            out.println("\nwritten to " + folder.resolve("soak.json") + " and " + folder.resolve("soak.md"));
        }
        out.flush();
    }

    private String at(long startNanos) {
        Duration since = Duration.ofNanos(nanoClock.getAsLong() - startNanos);
        return String.format(Locale.ROOT, "%2d:%02d  ", since.toMinutes(), since.toSecondsPart());
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command was not made by its command line");
        }
        return spec;
    }
}
