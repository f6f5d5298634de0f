package dev.penstock.loadtest;

import dev.penstock.loadtest.scenario.Overrides;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags of `loadtest` that say who is asked, and how.
final class TargetFlags {
    @Option(
            names = {"-u", "--target", "--url"},
            paramLabel = "URL",
            description = {"The server, grpc://HOST[:PORT] or http://HOST[:PORT].", "Default: grpc://localhost:8001"})
    private @Nullable String target;

    @Option(
            names = {"-i", "--protocol"},
            paramLabel = "NAME",
            description = "grpc, grpc-stream, rest, rest-binary or v1. Default: as the address has it.")
    private @Nullable String protocol;

    @Option(names = "--connections", paramLabel = "N", description = "To the server. Default: up to 16 for gRPC.")
    private @Nullable String connections;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description =
                    "The most requests of an open loop that may be under way. Default: 1024 for gRPC, 128 for HTTP.")
    private @Nullable String inFlight;

    @Option(names = "--threads", paramLabel = "N", description = "Of the client. Default: 1")
    private @Nullable String threads;

    @Option(names = "--timeout", paramLabel = "TIME", description = "After which a request is given up. Default: 30s")
    private @Nullable String timeout;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "After which answers are errors; gRPC tells it to the server.")
    private @Nullable String deadline;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = {
                "Sent with each request, as gRPC metadata or HTTP header. Once per header.",
                "In the value {n} is the request's number in ten digits, {unit:K} one of K units drawn by --seed:"
                        + " x-penstock-unit=user-{unit:1000}"
            })
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--caller", paramLabel = "NAME", description = "Who asks, as the server counts callers.")
    private @Nullable String caller;

    @Option(
            names = "--metrics",
            paramLabel = "URL",
            description = "The server's Prometheus page, for servers without the statistics extension.")
    private @Nullable String metrics;

    @Option(names = "--pid", paramLabel = "PID", description = "The server's process, if it is on this machine.")
    private @Nullable String pid;

    void addTo(Overrides overrides) {
        set(overrides, "--target", "target", target);
        set(overrides, "--protocol", "protocol", protocol);
        set(overrides, "--connections", "connections", connections);
        set(overrides, "--in-flight", "in-flight", inFlight);
        set(overrides, "--threads", "threads", threads);
        set(overrides, "--timeout", "timeout", timeout);
        set(overrides, "--deadline", "deadline", deadline);
        set(overrides, "--metrics", "metrics", metrics);
        set(overrides, "--pid", "pid", pid);
        set(overrides, "--caller", "mix[0].caller", caller);
        headers.forEach((name, value) -> overrides.put("--header", "mix[0].headers", name, value));
    }

    static void set(Overrides overrides, String flag, String path, @Nullable String value) {
        if (value != null) {
            overrides.set(flag, path, value);
        }
    }
}
