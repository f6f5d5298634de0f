package dev.penstock.loadtest;

import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.report.Reports;
import dev.penstock.loadtest.result.Machine;
import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.run.LoadTest;
import dev.penstock.loadtest.run.Masks;
import dev.penstock.loadtest.run.PlainView;
import dev.penstock.loadtest.run.Secrets;
import dev.penstock.loadtest.run.SettingsException;
import dev.penstock.loadtest.run.StageView;
import dev.penstock.loadtest.run.Stop;
import dev.penstock.loadtest.run.TerminalView;
import dev.penstock.loadtest.run.TerminalWidth;
import dev.penstock.loadtest.run.ThisMachine;
import dev.penstock.loadtest.scenario.Overrides;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.scenario.ScenarioError;
import dev.penstock.loadtest.target.Endpoint;
import dev.penstock.loadtest.target.ServerInfo;
import dev.penstock.loadtest.target.Target;
import dev.penstock.loadtest.target.TargetException;
import dev.penstock.loadtest.target.TargetOptions;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `penstock loadtest`: puts loads on a model server and says what came of it.
@Command(
        name = "loadtest",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Puts loads on a model server, tells how fast it answers, and how much it can take.",
            "All of it can be in a scenario file; flags take the place of what the file says."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  How fast is it? (closed loop: 1, 4, 16 and 64 requests under way)",
            "    penstock loadtest -m digits",
            "  How long do callers wait at 500 requests/s, wherever they come from? (open loop)",
            "    penstock loadtest -m digits --rate 500 --duration 30s",
            "  At which rate does it begin to hurt?",
            "    penstock loadtest -m digits --rate \"1000..10000 step 1000\"",
            "  How much can I promise? (the highest rate with p99 <= 20 ms)",
            "    penstock loadtest -m digits --slo-p99 20ms --search",
            "  A gate for a build: exit code 1 if it is broken",
            "    penstock loadtest -m digits --rate 200 --slo-p99 20ms --slo-errors 0.1%%",
            "  Right answers only, by REST",
            "    penstock loadtest -m digits -u http://localhost:8000 \\",
            "        --data requests.json --expected answers.json",
            "  Which batching is best? (servers whose models can be loaded with other settings)",
            "    penstock loadtest -m digits --slo-p99 20ms --search \\",
            "        --sweep max-batch-size=8,32,128",
            "  Mixes of models, recorded arrivals, expected shares: a scenario file, see docs/load-testing.md",
            "    penstock loadtest scenario.yaml",
            "",
            "A closed loop waits for the server before it asks again, so it hides how long callers would wait",
            "that do not. Use it to find the most a server can do; use a rate to find what callers see.",
            "",
            "Ctrl-C ends the test; what was measured until then is reported and written.",
            "",
            "Exit codes: 0 measured, and the SLO kept if there is one; 1 the SLO broken, or the server said no;",
            "2 wrong usage, or a folder that cannot be written; 3 cannot connect; 4 not valid, as the client was the bottleneck."
        })
final class LoadtestCommand implements Callable<Integer> {
    /// For writing, and for what is under way on a machine that has too much to do.
    private static final Duration WRITING = Duration.ofMinutes(1);
    /// A model is put back by two questions at most after the one that may be under way, of two minutes each.
    private static final Duration PUTTING_BACK = Duration.ofMinutes(8);

    private final LongSupplier nanoClock;
    private final Clock clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "SCENARIO", description = "A scenario file (YAML).")
    private @Nullable Path file;

    @ArgGroup(exclusive = false, validate = false, heading = "%nWhat is sent:%n")
    private InputFlags input = new InputFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nHow much, and for how long:%n")
    private LoadFlags load = new LoadFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nTo whom:%n")
    private TargetFlags target = new TargetFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nResults:%n")
    private ResultFlags results = new ResultFlags();

    /// @param nanoClock what latencies are measured with
    /// @param clock tells when the test began
    LoadtestCommand(LongSupplier nanoClock, Clock clock) {
        this.nanoClock = nanoClock;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        try {
            Scenario scenario = scenario();
            if (results.isShown()) {
                out().print(scenario.toYaml());
                out().flush();
                return ExitCode.OK;
            }
            return run(scenario);
        } catch (ScenarioError | InputError e) {
            return fail(ExitCode.USAGE, e.getMessage(), "`penstock loadtest --help` shows examples.");
        } catch (TargetException e) {
            return switch (e.kind()) {
                case UNREACHABLE -> fail(ExitCode.UNREACHABLE, e.getMessage());
                case REFUSED -> fail(ExitCode.REFUSED, e.getMessage());
            };
        } catch (LoadException e) {
            return fail(ExitCode.UNREACHABLE, e.getMessage(), Target.HINT);
        } catch (SettingsException e) {
            return fail(ExitCode.REFUSED, e.getMessage());
        }
    }

    private int fail(int code, @Nullable String... lines) {
        for (String line : lines) {
            err().println(line);
        }
        return code;
    }

    private Scenario scenario() {
        Overrides overrides = new Overrides();
        TargetFlags.set(overrides, "--name", "name", results.name());
        input.addTo(overrides);
        load.addTo(overrides);
        target.addTo(overrides);
        if (file == null) {
            return Scenario.read("", Path.of(""), overrides);
        }
        try {
            Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of(""));
            return Scenario.read(Files.readString(file), folder, overrides);
        } catch (IOException e) {
            throw new ScenarioError(file + ": cannot be read (expected: a scenario file in YAML)");
        } catch (ScenarioError e) {
            throw new ScenarioError(file + ": " + e.getMessage());
        }
    }

    private int run(Scenario scenario) {
        Stop stop = new Stop();
        CountDownLatch done = new CountDownLatch(1);
        Thread atSignal = new Thread(() -> stopAndWait(stop, done, patience(scenario)), "stop");
        Endpoint endpoint = Endpoint.parse("--target", scenario.target().toString());
        try (Target asked = Target.open(endpoint, scenario.protocol(), options(scenario))) {
            Instant began = clock.instant();
            // Now, so that its load is not that of the test.
            Machine machine = ThisMachine.describe();
            ServerInfo server = asked.server();
            LoadTest test = new LoadTest(scenario, asked, nanoClock, view(), stop);
            Runtime.getRuntime().addShutdownHook(atSignal);
            LoadTest.Outcome outcome = test.run();
            boolean written = report(scenario, began, machine, server, outcome);
            return !written
                    ? ExitCode.USAGE
                    : switch (outcome.verdict()) {
                        case GOOD -> ExitCode.OK;
                        case FAILED -> ExitCode.REFUSED;
                        case INVALID -> ExitCode.INVALID;
                    };
        } finally {
            done.countDown();
            if (!stop.isAsked()) {
                Runtime.getRuntime().removeShutdownHook(atSignal);
            }
        }
    }

    /// The longest that a test may take to end by itself: its window, its last answers, a sweep's settings,
    /// writing.
    static Duration patience(Scenario scenario) {
        Duration ending = scenario.tempo().window().plus(scenario.connecting().timeout());
        return ending.plus(scenario.sweep().isPresent() ? PUTTING_BACK : Duration.ZERO)
                .plus(WRITING);
    }

    /// A signal ends the program when this returns.
    private static void stopAndWait(Stop stop, CountDownLatch done, Duration patience) {
        stop.ask();
        try {
            if (!done.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("The test did not end in time; nothing is written.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static TargetOptions options(Scenario scenario) {
        return new TargetOptions(TargetOptions.DEFAULT.timeout(), scenario.metrics(), scenario.pid());
    }

    /// One block that is drawn anew on a terminal, lines elsewhere.
    private StageView view() {
        return isTerminal() ? new TerminalView(err(), System.getenv("COLUMNS")) : new PlainView(err());
    }

    @SuppressWarnings("SystemConsoleNull") // The check for nulls does not know that this is none.
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null
                && console.isTerminal()
                && !"dumb".equals(System.getenv().getOrDefault("TERM", "dumb"));
    }

    /// @return whether the results could be written
    private boolean report(
            Scenario scenario, Instant began, Machine machine, ServerInfo server, LoadTest.Outcome outcome) {
        TestResult result = new TestResult(
                scenario.name(),
                began,
                machine,
                LoadtestReport.versions(server),
                Masks.arguments(command().commandLine().getParseResult().originalArgs()),
                Secrets.masked(scenario).toYaml(),
                scenario.slo(),
                outcome.stages(),
                outcome.findings(),
                outcome.recommended());
        OptionalInt columns = isTerminal() ? TerminalWidth.of(System.getenv("COLUMNS")) : OptionalInt.empty();
        return new LoadtestReport(out(), err(), columns.orElse(Reports.COLUMNS)).tell(result, results.output());
    }

    private PrintWriter out() {
        return command().commandLine().getOut();
    }

    private PrintWriter err() {
        return command().commandLine().getErr();
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command was not made by its command line");
        }
        return spec;
    }
}
