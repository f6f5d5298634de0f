package dev.penstock.server;

import dev.penstock.server.config.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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

    private final ConfigFlags flags;
    private final Surroundings surroundings;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    @Option(names = "--format", paramLabel = "table|json", description = "Default: table")
    private OutputFormat format = OutputFormat.TABLE;

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    ModelsCommand(ConfigFlags flags, Surroundings surroundings) {
        this.flags = flags;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        return AdminClient.ask(base(null), surroundings, ExitCode.FAILED, this::list);
    }

    private int list(AdminClient client) throws IOException {
        AdminClient.Answer answer = client.get(PATH);
        if (answer.failed()) {
            surroundings.err().println(answer.error());
            return ExitCode.FAILED;
        }
        surroundings.out().print(rendered(answer.text()));
        return ExitCode.OK;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /// Where the admin API is, without a slash at the end.
    ///
    /// @param named what a command of this one names, or null
    /// @throws ConfigException if that is no address
    String base(@Nullable URI named) {
        URI asked = named == null ? admin : named;
        if (asked == null) {
            return "http://" + Addresses.local(flags.read().server().ports().admin());
        }
        String scheme = String.valueOf(asked.getScheme());
        if ((!scheme.equals("http") && !scheme.equals("https")) || asked.getHost() == null) {
            throw new ConfigException(
                    List.of("--admin: '%s' (expected: an address such as http://localhost:8003)".formatted(asked)));
        }
        return asked.toString().replaceAll("/+$", "");
    }

    private String rendered(String body) {
        return json || format == OutputFormat.JSON
                ? body.strip() + "\n"
                : ModelList.parse(body).table();
    }
}
