package dev.penstock.server;

import dev.penstock.server.config.ServerConfig.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `penstock health`.
@Command(
        name = "health",
        description = "Ask the server on this machine whether it is ready; takes the flags that it was started with.",
        footer = {"", "Exit code 0: ready. 1: not ready, or no answer within 3 s."})
final class HealthCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ConfigFlags flags;
    private final Surroundings surroundings;

    HealthCommand(ConfigFlags flags, Surroundings surroundings) {
        this.flags = flags;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Endpoint http = Addresses.local(flags.read().server().ports().http().endpoint());
        URI uri = URI.create("http://" + http + "/v2/health/ready");
        try {
            int status = HttpReader.get(uri, PATIENCE).statusCode();
            surroundings.out().println(status == 200 ? "ready" : "not ready: " + uri + " answered " + status);
            return status == 200 ? ExitCode.OK : ExitCode.FAILED;
        } catch (IOException e) {
            surroundings.err().println("no answer from " + uri);
            return ExitCode.FAILED;
        }
    }
}
