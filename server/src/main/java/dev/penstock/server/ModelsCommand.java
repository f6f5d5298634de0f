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
        description = {
            "List the models of a running server: each version's state, its inputs and outputs, and why.",
            "With a command: register, move and retire their versions."
        },
        footer = {
            "",
            "Asks the admin API, which a server opens to its own machine only. Takes the flags of `penstock serve`",
            "to find it, before the command; each command takes --admin URL.",
            "",
            "A day with a model:",
            "  penstock models register digits --file digits.onnx     a new version; serves when the gates pass",
            "  penstock models show digits                            its hash, where it comes from, the gates",
            "  penstock models promote digits 2                       the alias stable points to version 2",
            "  penstock models rollback digits                        and back again",
            "  penstock models history digits                         who did what",
            "",
            "Exit codes: 0 done   1 failed, or the server refused   2 wrong command line",
            "  4 the version was not fit to serve (register)"
        })
final class ModelsCommand implements Callable<Integer> {
    static final String PATH = "/api/v1/models";

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
        URI uri = URI.create(base(null) + PATH);
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

    /// Where the admin API is, without a slash at the end.
    ///
    /// @param named what a command of this one names, or null
    String base(@Nullable URI named) {
        URI asked = named == null ? admin : named;
        return asked == null
                ? "http://" + Addresses.local(flags.read().server().admin())
                : asked.toString().replaceAll("/+$", "");
    }

    private String rendered(String body) {
        return switch (format) {
            case TABLE -> ModelList.parse(body).table();
            case JSON -> body.strip() + "\n";
        };
    }
}
