package dev.penstock.loadtest;

import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.target.AskedHeaders;
import dev.penstock.loadtest.target.Endpoint;
import dev.penstock.loadtest.target.InferClient;
import dev.penstock.loadtest.target.Outcome;
import dev.penstock.loadtest.target.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `penstock infer`: sends one request and prints the answer.
@Command(
        name = "infer",
        sortOptions = false,
        description = "Sends one request to a model and prints the answer.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  Ask with a request file, by gRPC:",
            "    penstock infer digits --json examples/requests/digits.json",
            "  Type the values; datatype and shape come from the server:",
            "    penstock infer iris --input features=5.1,3.5,1.4,0.2",
            "    penstock infer diabetes --input sex=F --input age=46 --input bmi=20.6 \\",
            "        --input bp=73 --input serum=172,107,51,3,4.2485,80",
            "  Ask one version for one output, by HTTP, and print JSON:",
            "    penstock infer digits --version 1 --output label --json - --format json \\",
            "        --url http://localhost:8000 < examples/requests/digits.json",
            "",
            "Exit codes: 0 answered, 1 the server said no, 2 wrong usage, 3 cannot connect."
        })
final class InferCommand implements Callable<Integer> {
    private final InputStream in;
    private final LongSupplier nanoClock;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The model's name.")
    private String model = "";

    @Option(
            names = "--input",
            paramLabel = "NAME=VALUE",
            description = {"An input: a list such as 1,2,3 or @FILE with a JSON array.", "Once per input."})
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--json", paramLabel = "FILE", description = "The whole request as JSON; - reads standard input.")
    private @Nullable String jsonFile;

    @Option(names = "--version", paramLabel = "V", description = "The version to ask. Default: the server's choice.")
    private String version = "";

    @Option(
            names = "--output",
            paramLabel = "NAME",
            description = "An output to compute. Once per output. Default: all.")
    private List<String> outputs = new ArrayList<>();

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = {
                "Sent with the request, as gRPC metadata or HTTP header: what routes look at.",
                "Once per header, as x-user-id=ann, cookie=uid=ann or x-penstock-caller=ann."
            })
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "grpc://localhost:8001",
            description = {"The server, grpc://HOST:PORT or http://HOST:PORT.", "Default: ${DEFAULT-VALUE}"})
    private String url = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationText.class,
            description = "How long to wait, as in 500ms. Default: ${DEFAULT-VALUE}")
    private Duration timeout = Duration.ZERO;

    @Mixin
    private OutputFlags output = new OutputFlags();

    InferCommand(InputStream in, LongSupplier nanoClock) {
        this.in = in;
        this.nanoClock = nanoClock;
    }

    @Override
    public Integer call() {
        try {
            Endpoint endpoint = Endpoint.parse("--url", url);
            Map<String, String> sent = AskedHeaders.checked("--header", endpoint, headers);
            try (InferClient client = endpoint.open(timeout)) {
                return switch (request(client)) {
                    case Outcome.Answered<ObjectNode>(ObjectNode request, String id) ->
                        send(client, endpoint, sent, request);
                    case Outcome.Refused<ObjectNode> refused -> refuse(refused);
                    case Outcome.Unreachable<ObjectNode> unreachable -> unreachable(endpoint, unreachable);
                };
            }
        } catch (InputError e) {
            throw new ParameterException(command().commandLine(), e.getMessage());
        }
    }

    private int send(InferClient client, Endpoint endpoint, Map<String, String> sent, ObjectNode request) {
        long startNanos = nanoClock.getAsLong();
        Outcome<ObjectNode> outcome = client.infer(model, version, sent, request);
        long latencyNanos = nanoClock.getAsLong() - startNanos;
        return switch (outcome) {
            case Outcome.Answered<ObjectNode>(ObjectNode reply, String requestId) ->
                print(reply, requestId, latencyNanos);
            case Outcome.Refused<ObjectNode> refused -> refuse(refused);
            case Outcome.Unreachable<ObjectNode> unreachable -> unreachable(endpoint, unreachable);
        };
    }

    private Outcome<ObjectNode> request(InferClient client) {
        if (inputs.isEmpty() == (jsonFile == null)) {
            throw new InputError(
                    "the values are missing or given twice (expected: either --input NAME=VALUE or --json FILE)");
        }
        Outcome<ObjectNode> request = jsonFile == null ? typed(client) : new Outcome.Answered<>(fromFile(jsonFile), "");
        return request.map(this::withOutputs);
    }

    private Outcome<ObjectNode> typed(InferClient client) {
        List<InputArgument> arguments =
                inputs.stream().map(InputArgument::parse).toList();
        return client.inputs(model, version).map(specs -> {
            ObjectNode request = JsonNodeFactory.instance.objectNode();
            ArrayNode list = request.putArray("inputs");
            arguments.forEach(argument -> list.add(argument.toInput(model, specs)));
            return request;
        });
    }

    private ObjectNode fromFile(String file) {
        byte[] text;
        try {
            text = file.equals("-") ? in.readAllBytes() : Files.readAllBytes(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw new InputError("--json " + file + ": the file cannot be read");
        }
        JsonNode json = Json.parse(file.equals("-") ? "standard input" : file, text);
        if (json instanceof ObjectNode request) {
            return request;
        }
        throw new InputError("--json " + file + ": " + json.getNodeType() + " (expected: an object with \"inputs\")");
    }

    private ObjectNode withOutputs(ObjectNode request) {
        if (!outputs.isEmpty()) {
            ArrayNode list = request.putArray("outputs");
            outputs.forEach(name -> list.addObject().put("name", name));
        }
        return request;
    }

    private int print(ObjectNode reply, String requestId, long latencyNanos) {
        PrintWriter out = command().commandLine().getOut();
        switch (output.format()) {
            case TABLE -> ReplyTable.print(out, reply, requestId, latencyNanos);
            case JSON -> out.println(reply.toPrettyString());
        }
        return ExitCode.OK;
    }

    private int refuse(Outcome.Refused<ObjectNode> refused) {
        PrintWriter err = command().commandLine().getErr();
        err.println(refused.code() + ": " + refused.message());
        if (!refused.requestId().isEmpty()) {
            err.println("request id: " + refused.requestId());
        }
        return ExitCode.REFUSED;
    }

    private int unreachable(Endpoint endpoint, Outcome.Unreachable<ObjectNode> unreachable) {
        PrintWriter err = command().commandLine().getErr();
        err.println("cannot connect to " + endpoint + ": " + unreachable.reason());
        err.println(Target.HINT);
        return ExitCode.UNREACHABLE;
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("the command was not made by its command line");
        }
        return spec;
    }
}
