package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// A command that asks a running server how it is with one version, and says so by its exit code, too.
abstract class VersionQuestion implements Callable<Integer> {
    private final ModelsCommand models;
    private final Surroundings surroundings;
    private final String what;

    @Parameters(index = "0", paramLabel = "NAME", description = "The model.")
    private String name = "";

    @Option(names = "--model-version", paramLabel = "V", description = "Default: the newest that serves.")
    private long version;

    @Mixin
    private AnswerFlag json = new AnswerFlag();

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    /// @param what is asked of it, as the path of the admin API has it
    VersionQuestion(ConfigFlags flags, Surroundings surroundings, String what) {
        this.models = new ModelsCommand(flags, surroundings);
        this.surroundings = surroundings;
        this.what = what;
    }

    /// The time that is asked for; "" for the server's own.
    abstract String window();

    /// The id of what it is to be held against for once; "" for what it is held against anyway.
    String baseline() {
        return "";
    }

    /// What people read.
    abstract String table(JsonNode answer);

    /// Makes what else was ordered of it.
    ///
    /// @return false if it cannot be made, which was said
    boolean make(JsonNode answer) throws IOException {
        return true;
    }

    @Override
    public final Integer call() {
        return AdminClient.ask(models.base(admin), surroundings, ExitCode.FAILED, this::ask);
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
        String path = AdminClient.model(name, "versions", Long.toString(asked), what);
        AdminClient.Answer answer = client.get(path + query());
        if (answer.failed()) {
            surroundings.err().println(answer.error());
            return ExitCode.FAILED;
        }
        if (!make(answer.body())) {
            return ExitCode.FAILED;
        }
        surroundings.out().print(json.isSet() ? answer.text().strip() + "\n" : table(answer.body()));
        return switch (answer.body().path("status").asString("")) {
            case "ok", "notice" -> ExitCode.OK;
            case "insufficient" -> ExitCode.TOO_LITTLE;
            case "warning", "critical" -> ExitCode.DRIFTED;
            default -> ExitCode.FAILED;
        };
    }

    private String query() {
        List<String> asked = new ArrayList<>();
        if (!window().isEmpty()) {
            asked.add("window=" + AdminClient.encoded(window()));
        }
        if (!baseline().isEmpty()) {
            asked.add("baseline=" + AdminClient.encoded(baseline()));
        }
        return asked.isEmpty() ? "" : "?" + String.join("&", asked);
    }
}
