package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.InputPlan;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.target.ServerStatistics.Counts;
import dev.penstock.proto.inference.ModelInferRequest;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// A server as its client sees it. Asks beside the load, on connections of its own; each question blocks
/// until it is answered or its time is over. Thread-safe.
public final class Target implements AutoCloseable {
    /// What to look at where nobody answers; messages of [TargetException] say it themselves.
    public static final String HINT = "Is the server running there? `./penstock demo` starts one with example models,"
            + " `./penstock serve` one with yours.";

    /// So often a server that is busy is asked for one answer.
    private static final int TRIALS = 10;

    private final Endpoint endpoint;
    private final InetSocketAddress address;
    private final TargetProtocol protocol;
    private final TargetOptions options;
    private final TargetWire wire;

    private Target(Endpoint endpoint, TargetProtocol protocol, TargetOptions options) {
        this.endpoint = endpoint;
        this.address = endpoint.address();
        this.protocol = protocol;
        this.options = options;
        this.wire = switch (protocol) {
            case GRPC, GRPC_STREAM ->
                new GrpcWire(new GrpcInferClient(endpoint.host(), endpoint.port(), options.timeout()));
            case REST -> new RestWire(new HttpInferClient(endpoint, options.timeout()), false);
            case REST_BINARY -> new RestWire(new HttpInferClient(endpoint, options.timeout()), true);
            case V1 -> new V1Wire(new HttpInferClient(endpoint, options.timeout()));
        };
    }

    /// Asks nothing yet.
    ///
    /// @throws InputError if the address is not one for this protocol, or its host is not known
    public static Target open(Endpoint endpoint, TargetProtocol protocol, TargetOptions options) {
        if (protocol.isGrpc() != (endpoint.protocol() == Endpoint.Protocol.GRPC)) {
            throw new InputError("the protocol %s at %s (expected: %s://HOST[:PORT], or another protocol)"
                    .formatted(protocol, endpoint, protocol.isGrpc() ? "grpc" : "http"));
        }
        return new Target(endpoint, protocol, options);
    }

    public InetSocketAddress address() {
        return address;
    }

    public TargetProtocol protocol() {
        return protocol;
    }

    /// What the server says it is; with empty texts if it does not say.
    ///
    /// @throws TargetException if nobody answers
    public ServerInfo server() {
        return switch (wire.server()) {
            case Outcome.Answered<ServerInfo>(ServerInfo info, String _) -> info;
            case Outcome.Refused<ServerInfo>(String code, String _, String _)
            when code.equals("UNIMPLEMENTED") || code.equals("HTTP 404") -> ServerInfo.UNKNOWN;
            case Outcome.Refused<ServerInfo>(String code, String message, String _) ->
                throw new TargetException(
                        TargetException.Kind.REFUSED, endpoint + " does not say what it is: " + code + ": " + message);
            case Outcome.Unreachable<ServerInfo>(String reason) -> throw unreachable(reason);
        };
    }

    /// What a model takes and gives.
    ///
    /// @param version "" for the one the server picks
    /// @throws TargetException if nobody answers, or the model is not there or not ready
    public ModelInfo model(String model, String version) {
        return answer(wire.model(model, version), model, version);
    }

    private <A> A answer(Outcome<A> outcome, String model, String version) {
        return switch (outcome) {
            case Outcome.Answered<A>(A value, String _) -> value;
            case Outcome.Refused<A>(String code, String message, String _) ->
                throw new TargetException(
                        TargetException.Kind.REFUSED,
                        "%s has no answer from model '%s'%s: %s: %s%s"
                                .formatted(
                                        endpoint,
                                        model,
                                        version.isEmpty() ? "" : " version " + version,
                                        code,
                                        message,
                                        advice(code)));
            case Outcome.Unreachable<A>(String reason) -> throw unreachable(reason);
        };
    }

    private static String advice(String code) {
        return switch (code) {
            case "NOT_FOUND", "HTTP 404" ->
                " (expected: the name of a model that the server has; its repository index lists them)";
            case "UNAVAILABLE", "HTTP 503" -> " (expected: a model that is ready; its log says why it is not)";
            case "UNIMPLEMENTED", "HTTP 501" -> " (expected: a server of this protocol; another may work)";
            default -> "";
        };
    }

    private TargetException unreachable(String reason) {
        return new TargetException(
                TargetException.Kind.UNREACHABLE,
                "cannot connect to " + endpoint + ": " + reason + System.lineSeparator() + HINT);
    }

    /// Requests to a model, made from a plan and held against what the model takes. Those of a plan with
    /// expected answers have a check. With [InputPlan#recordExpected] each is asked once.
    ///
    /// @param version "" for the one the server picks
    /// @throws TargetException if nobody answers, or the model is not there, not ready, or refuses
    /// @throws InputError if the plan, or a file that it names, does not fit the model
    public List<Payload> payloads(String model, String version, InputPlan plan) {
        Payloads payloads = new Payloads(protocol, model, version, plan, model(model, version));
        return wire instanceof V1Wire v1
                ? payloads.v1(body -> answer(v1.predict(model, version, body), model, version))
                : payloads.v2(request -> answer(wire.infer(request, Map.of()), model, version));
    }

    /// Asks for the outputs of one request.
    ///
    /// @param request with raw contents
    /// @param headers by lower-case name
    /// @throws InputError if the answer is none
    public Outcome<List<Tensor>> infer(ModelInferRequest request, Map<String, String> headers) {
        return wire.infer(request, headers);
    }

    /// Sends a payload once as the load will, and waits for the answer, whatever it says. A server that has too
    /// much to do is asked some times more; that it still has is no "no", and may be what a load is to show.
    ///
    /// @return what it said, in words, if it had too much to do each time
    /// @throws TargetException if nobody answers, or the server says no: in its words, and with what may
    ///     help
    public Optional<String> tryOut(Payload payload, Duration timeout) {
        Outcome<byte[]> outcome = wire.send(payload, timeout);
        for (int asked = 1; asked < TRIALS && isBusy(outcome); asked++) {
            outcome = wire.send(payload, timeout);
        }
        return switch (outcome) {
            case Outcome.Answered<byte[]> _ -> Optional.empty();
            case Outcome.Refused<byte[]>(String code, String message, String _)
            when isBusy(code) ->
                Optional.of("%s has too much to do for a request of '%s', sent %d times before the load: %s: %s"
                        .formatted(endpoint, payload.group(), TRIALS, code, message));
            case Outcome.Refused<byte[]>(String code, String message, String _) ->
                throw new TargetException(
                        TargetException.Kind.REFUSED,
                        "%s says no to a request of '%s', sent before the load: %s: %s%s"
                                .formatted(endpoint, payload.group(), code, message, trialAdvice(code)));
            case Outcome.Unreachable<byte[]>(String reason) -> throw unreachable(reason);
        };
    }

    private static boolean isBusy(Outcome<byte[]> outcome) {
        return outcome instanceof Outcome.Refused<byte[]>(String code, String _, String _) && isBusy(code);
    }

    private static boolean isBusy(String code) {
        return code.equals("RESOURCE_EXHAUSTED") || code.equals("HTTP 429");
    }

    private static String trialAdvice(String code) {
        return switch (code) {
            case "INVALID_ARGUMENT", "STREAM_ERROR", "HTTP 400", "HTTP 422" ->
                " (expected: values that the model takes; --shape, --range, --length and --data change them)";
            case "UNAUTHENTICATED", "PERMISSION_DENIED", "HTTP 401", "HTTP 403" ->
                " (expected: who may ask; --header authorization=... says who asks)";
            case "DEADLINE_EXCEEDED", "timeout" -> " (expected: an answer in time; --timeout gives it longer)";
            default -> advice(code);
        };
    }

    /// What the server has counted for these models so far.
    ///
    /// @param models names; empty for all
    /// @return empty if it does not tell
    public Optional<Counts> counts(Collection<String> models) {
        Optional<Counts> counts = wire.statistics(models);
        return counts.isPresent() ? counts : fromMetrics(models);
    }

    private Optional<Counts> fromMetrics(Collection<String> models) {
        if (options.metrics().isEmpty()) {
            return Optional.empty();
        }
        try (HttpInferClient client = new HttpInferClient(endpoint, options.timeout())) {
            return client.page(options.metrics().get()) instanceof Outcome.Answered<byte[]>(byte[] page, String _)
                    ? MetricsPage.counts(new String(page, StandardCharsets.UTF_8), models)
                    : Optional.empty();
        }
    }

    /// Finds the server's process, which may take some milliseconds.
    ///
    /// @return reads its CPU time so far, in nanoseconds, at once; empty if it is on another machine, not to
    ///     be seen or has ended
    public Supplier<OptionalLong> cpuTime() {
        OptionalLong pid = options.pid().isPresent() ? options.pid() : ServerProcess.listeningAt(address);
        Optional<ProcessHandle> process = pid.isPresent() ? ProcessHandle.of(pid.getAsLong()) : Optional.empty();
        Optional<ProcessCpu> cpu = process.map(ProcessCpu::of);
        return () -> cpu.map(Target::nanos).orElseGet(OptionalLong::empty);
    }

    private static OptionalLong nanos(ProcessCpu cpu) {
        try {
            return OptionalLong.of(cpu.nanos());
        } catch (LoadException e) {
            // It has ended just now; the load says so louder.
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
