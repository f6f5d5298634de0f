package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;

/// `penstock quality`.
@Command(
        name = "quality",
        description = "Tell how good the answers of a model of a running server are, as far as callers said so.",
        footer = {
            "",
            "Asks the admin API, as penstock models does. Answers have tokens where the server runs with",
            "--feedback-tokens true, or the model's configuration says so; callers say by them what was true:",
            "",
            "  curl localhost:8000/api/v1/feedback -d '[{\"token\":\"AQF...\",\"label\":2}]'",
            "  penstock quality digits                    the last hour",
            "  penstock quality digits --window 7d        what was answered in a week, whenever it was labelled",
            "",
            "Exit codes: 0 as good as it should be   1 no answer   2 wrong command line   5 too little is known",
            "  6 it is worse"
        })
final class QualityCommand implements Callable<Integer> {
    private final ModelsCommand models;
    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
    private String name = "";

    @Option(names = "--model-version", paramLabel = "V", description = "Default: the newest that serves.")
    private long version;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "What was answered in that time, 5m to 30d. Default: 1h, or as set")
    private String window = "";

    @Option(names = "--json", description = "Print what the server says.")
    private boolean json;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    QualityCommand(ConfigFlags flags, Surroundings surroundings) {
        this.models = new ModelsCommand(flags, surroundings);
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        String base = models.base(admin);
        try (AdminClient client = new AdminClient(base)) {
            return ask(client);
        } catch (IOException | IllegalArgumentException e) {
            surroundings.err().println("%s: %s".formatted(base, e));
            surroundings.err().println("is a server running here? Its admin address can be given with --admin URL");
        } catch (JacksonException e) {
            surroundings.err().println(base + " is not a Penstock admin API: " + e.getOriginalMessage());
        }
        return ExitCode.FAILED;
    }

    private int ask(AdminClient client) throws IOException {
        long asked = version;
        if (asked == 0) {
            AdminClient.Answer model = client.get(AdminClient.model(name));
            if (model.failed()) {
                surroundings.err().println(model.error());
                return ExitCode.FAILED;
            }
            asked = NewestVersion.of(model.body());
        }
        String path = AdminClient.model(name, "versions", Long.toString(asked), "quality");
        String query = window.isEmpty() ? "" : "?window=" + AdminClient.encoded(window);
        AdminClient.Answer answer = client.get(path + query);
        if (answer.failed()) {
            surroundings.err().println(answer.error());
            return ExitCode.FAILED;
        }
        surroundings.out().print(json ? answer.text().strip() + "\n" : QualityTable.of(answer.body()));
        return switch (answer.body().path("status").asString("")) {
            case "ok" -> ExitCode.OK;
            case "insufficient" -> ExitCode.TOO_LITTLE;
            case "warning", "critical" -> ExitCode.DRIFTED;
            default -> ExitCode.FAILED;
        };
    }
}
