package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;

/// `penstock models`.
@Command(
        name = "models",
        description = "List the models of a running server: each version's state, its inputs and outputs, and why.",
        footer = {
            "",
            "Asks the admin API, which a server opens to its own machine only. Takes the flags of `penstock serve`",
            "to find it.",
            "",
            "Example:",
            "  penstock models --admin http://localhost:8003"
        })
final class ModelsCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ConfigFlags flags;
    private final Surroundings surroundings;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    @Option(names = "--format", paramLabel = "table|json", description = "Default: table")
    private OutputFormat format = OutputFormat.TABLE;

    ModelsCommand(ConfigFlags flags, Surroundings surroundings) {
        this.flags = flags;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        URI uri = URI.create(base() + "/api/v1/models");
        try {
            HttpResponse<String> response = HttpReader.get(uri, PATIENCE);
            if (response.statusCode() == 200) {
                surroundings.out().print(rendered(response.body()));
                return ExitCode.OK;
            }
            surroundings.err().println("%s answered %d: %s".formatted(uri, response.statusCode(), response.body()));
        } catch (IOException | IllegalArgumentException e) {
            surroundings.err().println("no answer from " + uri);
            surroundings.err().println("is a server running here? Its admin address can be given with --admin URL");
        } catch (JacksonException e) {
            surroundings.err().println(uri + " is not a Penstock admin API: " + e.getOriginalMessage());
        }
        return ExitCode.FAILED;
    }

    private String base() {
        return admin == null
                ? "http://" + Addresses.local(flags.read().server().admin())
                : admin.toString().replaceAll("/+$", "");
    }

    private String rendered(String body) {
        return switch (format) {
            case TABLE -> ModelList.parse(body).table();
            case JSON -> body.strip() + "\n";
        };
    }
}
