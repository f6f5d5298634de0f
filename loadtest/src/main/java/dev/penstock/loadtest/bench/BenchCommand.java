package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.flags.WithHelp;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `penstock bench`.
@Command(
        name = "bench",
        sortOptions = false,
        description = {
            "Measures what serving costs on this machine, and holds it against what must be reached.",
            "",
            "It starts Penstock, a stock grpc-java server and, where Node is installed, a Node server with",
            "the same models, and runs the models without any server; all take turns, so that what else the",
            "machine does falls on all of them. With two cores and taskset, servers have one core and the",
            "generator has the other. What counts is the CPU time of the server's process per request."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./penstock bench --quick            the hot path's numbers once, in less than five minutes",
            "  ./penstock bench                    the full run: more rounds, more models, about half an hour",
            "  ./penstock bench --only tiny,wires  a part of it",
            "  ./penstock bench --only shadow --rounds 20",
            "                                      what copies cost callers, told to some hundredths",
            "",
            "Scenarios: tiny (gRPC), wires (stream, REST), image (600 KB), batching (one caller), minilm",
            "(milliseconds of model), overload, fairness (one caller beside a greedy one), idle (1,000 models).",
            "Of a full run only, or of --only: monitoring (counting answers or not), shadow (p99 with every",
            "request copied or none), generator (what it can do itself), latency (open loop), models (digits,",
            "longer texts).",
            "",
            "Exit codes: 0 measured, whatever the numbers are; 2 wrong usage or something is missing."
        })
public final class BenchCommand extends WithHelp implements Callable<Integer> {
    private static final int OK = 0;
    private static final int USAGE = 2;
    private static final int MOST_ROUNDS = 1000;
    private static final List<Scenario> SCENARIOS = List.of(
            new TinyScenario(),
            new WireScenario(),
            new ImageScenario(),
            new BatchingScenario(),
            new MiniLmScenario(),
            new OverloadScenario(),
            new FairnessScenario(),
            new MonitoringScenario(),
            new ShadowScenario(),
            new IdleScenario(),
            new GeneratorScenario(),
            new LatencyScenario(),
            new ModelsScenario());

    private final Map<String, String> environment;
    private final LongSupplier nanoClock;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--quick", description = "Fewer and shorter turns: less than five minutes.")
    private boolean quick;

    @Option(
            names = "--smoke",
            description = "Only tries whether it works: turns so short that the numbers mean nothing.")
    private boolean smoke;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often all take turns: more tell smaller differences. Default: 5, with --quick 3.")
    private @Nullable Integer rounds;

    @Option(names = "--only", paramLabel = "NAME", split = ",", description = "Only these scenarios, see below.")
    private Set<String> only = new HashSet<>();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = {
                "Where bench.json and bench.md go.",
                "Default: target/bench of a checkout, bench/work of a distribution."
            })
    private @Nullable Path output;

    /// @param environment with what the launcher sets
    public BenchCommand(Map<String, String> environment, LongSupplier nanoClock) {
        this.environment = environment;
        this.nanoClock = nanoClock;
    }

    @Override
    public Integer call() {
        PrintWriter err = command().commandLine().getErr();
        List<Scenario> scenarios = scenarios();
        try {
            Installation installation = Installation.of(environment);
            measure(installation, scenarios, err);
            return OK;
        } catch (BenchException e) {
            err.println("penstock bench: " + e.getMessage());
            return USAGE;
        } catch (IOException e) {
            err.println("penstock bench: the results cannot be written: " + e.getMessage());
            return USAGE;
        }
    }

    private List<Scenario> scenarios() {
        Set<String> unknown = new HashSet<>(only);
        SCENARIOS.forEach(scenario -> unknown.remove(scenario.name()));
        if (!unknown.isEmpty()) {
            String names = SCENARIOS.stream().map(Scenario::name).collect(Collectors.joining(", "));
            throw new ParameterException(
                    command().commandLine(), "--only " + String.join(",", unknown) + " (expected: " + names + ")");
        }
        return SCENARIOS.stream()
                .filter(scenario ->
                        only.isEmpty() ? !(quick || smoke) || scenario.isQuick() : only.contains(scenario.name()))
                .toList();
    }

    private Tempo tempo() {
        Tempo tempo = smoke ? Tempo.SMOKE : quick ? Tempo.QUICK : Tempo.FULL;
        if (rounds == null) {
            return tempo;
        }
        if (rounds < 1 || rounds > MOST_ROUNDS) {
            throw new ParameterException(
                    command().commandLine(), "--rounds " + rounds + " (expected: 1 to " + MOST_ROUNDS + ")");
        }
        return tempo.withRounds(rounds);
    }

    private void measure(Installation installation, List<Scenario> scenarios, PrintWriter err) throws IOException {
        PrintWriter out = command().commandLine().getOut();
        Tempo tempo = tempo();
        Cores cores = Cores.ofThisMachine();
        Report report = new Report();
        Map<String, String> machine = Machine.describe(installation, cores, tempo.name());
        machine.put("rounds", String.valueOf(tempo.rounds()));
        machine.forEach((name, value) -> out.println(name + ": " + value));
        long startNanos = nanoClock.getAsLong();
        Bench bench = new Bench(installation, cores, tempo, nanoClock, text -> err.println(at(startNanos) + text));
        Thread ender = new Thread(bench::close, "ends the servers");
        Runtime.getRuntime().addShutdownHook(ender);
        try (bench) {
            for (Scenario scenario : scenarios) {
                run(scenario, bench, report);
            }
            machine.put("server's flags", String.join(" ", bench.penstockFlags()));
        }
        machine.put("took", at(startNanos).strip());
        Path folder = output == null ? installation.work() : output;
        Results.write(folder, machine, report);
        out.println();
        out.print(Results.markdown(machine, report));
        out.println();
        out.println("written to " + folder.resolve("bench.json") + " and " + folder.resolve("bench.md"));
        out.flush();
    }

    /// One scenario that cannot be measured does not cost the others.
    private static void run(Scenario scenario, Bench bench, Report report) {
        try {
            scenario.run(bench, report);
        } catch (BenchException | LoadException e) {
            bench.say(scenario.name() + " was given up: " + e.getMessage());
            report.add(Row.missing(scenario.name(), "", String.valueOf(e.getMessage())));
        }
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
