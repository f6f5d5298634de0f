package dev.penstock.loadtest;

import dev.penstock.loadtest.flags.WithHelp;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Tolerance;
import dev.penstock.loadtest.replay.Replay;
import dev.penstock.loadtest.replay.ReplayRate;
import dev.penstock.loadtest.replay.ReplayResult;
import dev.penstock.loadtest.target.AskedHeaders;
import dev.penstock.loadtest.target.Endpoint;
import dev.penstock.loadtest.target.Target;
import dev.penstock.loadtest.target.TargetOptions;
import dev.penstock.loadtest.target.TargetProtocol;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `penstock replay`: sends recorded requests again, and compares the answers.
@Command(
        name = "replay",
        sortOptions = false,
        description = {
            "Sends the requests of a server's payload log again, to the model that they were for or to another one,"
                    + " and compares the answers."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  Whether version 4 answers as those before it did:",
            "    penstock replay /var/log/penstock/payload-*.jsonl --model digits --version 4 --compare",
            "  The same over REST, exactly, and for programs:",
            "    penstock replay payload.jsonl --url http://localhost:8000 --compare --tolerance 0 --json",
            "  The load that there was, again:",
            "    penstock replay payload.jsonl --rate original",
            "",
            "Exit codes: 0 all answered, and alike if compared, 6 some answers differ, 1 some were not answered",
            "  or none could be compared, 2 wrong usage, 3 cannot connect."
        })
final class ReplayCommand extends WithHelp implements Callable<Integer> {
    private final LongSupplier nanoClock;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files of a payload log, JSON lines or Parquet.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = {"-u", "--url"},
            paramLabel = "URL",
            defaultValue = "grpc://localhost:8001",
            description = {"The server, grpc://HOST[:PORT] or http://HOST[:PORT].", "Default: ${DEFAULT-VALUE}"})
    private String url = "";

    @Option(
            names = {"-i", "--protocol"},
            paramLabel = "NAME",
            description = "grpc, rest or rest-binary. Default: as the address has it.")
    private @Nullable String protocol;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = {
                "The model or the route to ask.",
                "Default: the recorded route, if there was one and no version is asked for, or else the model."
            })
    private String model = "";

    @Option(names = "--version", paramLabel = "V", description = "The version to ask. Default: the server's choice.")
    private String version = "";

    @Option(names = "--alias", paramLabel = "A", description = "The alias to ask, instead of a version.")
    private String alias = "";

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = "Sent with each request, instead of a recorded one of that name. Once per header.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            defaultValue = "max",
            description = {"original, as they arrived; N/s; or max, as answers come.", "Default: ${DEFAULT-VALUE}"})
    private String rate = "";

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "16",
            description = "The most requests that wait for answers at once. Default: ${DEFAULT-VALUE}")
    private int inFlight;

    @Option(names = "--limit", paramLabel = "N", description = "The most requests that are sent. Default: all.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--compare", description = "Hold the answers against the recorded ones.")
    private boolean compare;

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            description = {
                "How far a number with a fraction may be from the recorded one, relative; 0 for not at all.",
                "Default: 1e-4, and 1e-6 in any case"
            })
    private @Nullable Double tolerance;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationText.class,
            description = "How long to wait for each answer. Default: ${DEFAULT-VALUE}")
    private Duration timeout = Duration.ZERO;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ReplayCommand(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public Integer call() {
        try {
            Endpoint endpoint = Endpoint.parse("--url", url);
            TargetProtocol spoken = protocol == null ? TargetProtocol.of(endpoint) : TargetProtocol.parse(protocol);
            Replay.Order order = order(spoken, AskedHeaders.checked("--header", endpoint, headers));
            try (Target target = Target.open(endpoint, spoken, TargetOptions.DEFAULT.timeout(timeout))) {
                ReplayResult result = new Replay(target, order, nanoClock).run(files);
                return tell(endpoint, result);
            }
        } catch (InputError e) {
            throw new ParameterException(command().commandLine(), e.getMessage());
        }
    }

    private Replay.Order order(TargetProtocol spoken, Map<String, String> sent) {
        if (spoken == TargetProtocol.V1 || spoken == TargetProtocol.GRPC_STREAM) {
            throw new InputError("--protocol " + spoken + " (expected: grpc, rest or rest-binary)");
        }
        if (!version.isEmpty() && !alias.isEmpty()) {
            throw new InputError("--version %s --alias %s (expected: one of them)".formatted(version, alias));
        }
        if (tolerance != null && !compare) {
            throw new InputError("--tolerance %s (expected: with --compare)".formatted(tolerance));
        }
        if (inFlight < 1 || inFlight > 1024 || limit < 1) {
            throw new InputError(
                    "--in-flight %d --limit %d (expected: 1 to 1024, and at least 1)".formatted(inFlight, limit));
        }
        return new Replay.Order(
                model,
                version,
                alias,
                sent,
                ReplayRate.parse(rate),
                inFlight,
                limit,
                compare ? Optional.of(near()) : Optional.empty());
    }

    private Tolerance near() {
        if (tolerance == null) {
            return Tolerance.DEFAULT;
        }
        return tolerance == 0 ? Tolerance.NONE : new Tolerance(tolerance, Tolerance.DEFAULT.absolute());
    }

    private int tell(Endpoint endpoint, ReplayResult result) {
        PrintWriter out = command().commandLine().getOut();
        PrintWriter err = command().commandLine().getErr();
        boolean nobody = result.sent() > 0 && result.unreachable() == result.sent();
        if (nobody) {
            err.println(
                    "cannot connect to " + endpoint + ": " + result.failures().getFirst());
            err.println(Target.HINT);
            return ExitCode.UNREACHABLE;
        }
        if (json) {
            out.println(ReplayReport.json(result, compare).toPrettyString());
        } else {
            ReplayReport.print(out, result, compare);
        }
        if (result.sent() == 0) {
            err.println("nothing was sent: there is no record that can be sent again");
            return ExitCode.REFUSED;
        }
        if (compare && result.uncompared() > 0 && result.same() + result.different() == 0) {
            err.println("nothing was compared: the recorded outputs are redacted");
            return ExitCode.REFUSED;
        }
        if (result.different() > 0) {
            return ExitCode.DIFFERENT;
        }
        return result.failed() > 0 ? ExitCode.REFUSED : ExitCode.OK;
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command was not made by its command line");
        }
        return spec;
    }
}
