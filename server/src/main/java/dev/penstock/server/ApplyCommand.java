package dev.penstock.server;

import dev.penstock.server.rollout.ApplyOrder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// `penstock apply`.
@Command(
        name = "apply",
        description =
                "Have the routes and rollouts of a running server be as files say. What is so already is left alone.",
        footer = {
            "",
            "Files are YAML or JSON with the lists `routes` and `rollouts`, see docs/routing.md. Routes that no file names",
            "stay as they are. What is wrong with a file is told as FILE:LINE:COLUMN: all of it, before the server is",
            "asked. Routes come first, then rollouts; if the server refuses one of them, nothing is changed.",
            "",
            "A weight in a file is the one that is set: leave candidates to their rollout by not naming them. While a",
            "rollout runs, its route's arms are not changed, and that is said. A default arm that a rollout has set since",
            "is not put back by a file that is as it was before: write the version into it, or name an alias.",
            "",
            "Examples:",
            "  penstock apply -f routes.yaml",
            "  penstock apply -f deploy/ --dry-run      ask the server whether it could all be; nothing changes",
            "  penstock apply -f routes.yaml --diff     show what would change; nothing changes",
            "  kustomize build . | penstock apply -f -",
            "",
            "Exit codes: 0 done, or nothing differs (--diff)   1 something failed, or something differs (--diff)",
            "  2 wrong command line or file, or something failed (--diff)"
        })
final class ApplyCommand implements Callable<Integer> {

    /// What `--diff` ends with if something differs.
    private static final int DIFFERS = 1;

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();

    private final ModelsCommand models;
    private final Surroundings surroundings;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "A file, a folder with such, or - for what comes in; repeatable.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--dry-run", description = "Only ask the server whether it could all be.")
    private boolean dryRun;

    @Option(
            names = "--undo-promotions",
            description = "Also where a default arm is what it was before a rollout promoted another version.")
    private boolean undoPromotions;

    @Option(names = "--diff", description = "Only show what would change.")
    private boolean diff;

    @Option(names = "--color", paramLabel = "auto|always|never", description = "Of --diff. Default: auto")
    private Colour colour = Colour.AUTO;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin API. Default: where admin.port says")
    private @Nullable URI admin;

    /// When to use colours.
    enum Colour {
        AUTO,
        ALWAYS,
        NEVER
    }

    ApplyCommand(ConfigFlags flags, Surroundings surroundings) {
        this.models = new ModelsCommand(flags, surroundings);
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        AppliedFiles wanted = AppliedFiles.read(files, surroundings.workingFolder(), System.in);
        int failed = diff ? ExitCode.USAGE : ExitCode.FAILED;
        return AdminClient.ask(models.base(admin), surroundings, failed, client -> apply(client, wanted, failed));
    }

    private int apply(AdminClient client, AppliedFiles wanted, int failed) throws IOException {
        AdminClient.Answer answer = client.send(
                "POST",
                "/api/v1/apply?dryRun=%s&undoPromotions=%s".formatted(diff || dryRun, undoPromotions),
                wanted.json());
        JsonNode body = answer.body();
        if (answer.failed() && !body.has("applied")) {
            surroundings.err().println(answer.error());
            return failed;
        }
        boolean differs = false;
        for (JsonNode route : body.path("routes")) {
            String outcome = route.path("outcome").asString("");
            String name = route.path("name").asString("");
            Told told = new Told(wanted.place(ApplyOrder.ROUTES, name), "route " + name, route, outcome);
            differs |= tell(told, answer.failed());
        }
        for (JsonNode rollout : body.path("rollouts")) {
            // Of what is said otherwise than before, another one begins.
            String outcome = rollout.path("outcome").asString("").replaceAll("^(created|changed)$", "started");
            String route = rollout.path("route").asString("");
            Told told =
                    new Told(wanted.place(ApplyOrder.ROLLOUTS, route), "rollout of route " + route, rollout, outcome);
            differs |= tell(told, answer.failed());
        }
        if (answer.failed() && !diff && !dryRun) {
            surroundings.err().println("nothing is changed, as not all of it can be");
        }
        return answer.failed() ? failed : diff && differs ? DIFFERS : ExitCode.OK;
    }

    /// What becomes of a part.
    ///
    /// @param at where it is written
    /// @param what it is, for people
    /// @param part as the server says it
    /// @param outcome in a word
    private record Told(String at, String what, JsonNode part, String outcome) {}

    /// @param refused whether any part is
    /// @return whether it is not as it is to be
    private boolean tell(Told told, boolean refused) {
        String what = told.what();
        String outcome = told.outcome();
        JsonNode part = told.part();
        if (outcome.equals("refused")) {
            String would = diff || dryRun ? "it would be refused: " : "";
            surroundings
                    .err()
                    .println("%s: %s: %s%s"
                            .formatted(
                                    told.at(), what, would, part.path("refused").asString("")));
        } else if (diff) {
            surroundings.out().print(difference(what, part));
        } else if (refused && !dryRun) {
            surroundings.out().println(outcome.equals("unchanged") ? what + " unchanged" : what + " not " + outcome);
        } else {
            String id = outcome.equals("started") ? part.path("id").asString("") : "";
            surroundings
                    .out()
                    .println("%s %s%s%s"
                            .formatted(what, outcome, dryRun ? " (dry run)" : "", id.isEmpty() ? "" : ": " + id));
        }
        return !outcome.equals("unchanged");
    }

    private String difference(String what, JsonNode part) {
        String now = part.has("before") ? " (now)" : " (not there)";
        return UnifiedDiff.of(
                yaml(part.path("before")), yaml(part.path("after")), what + now, what + " (in the files)", coloured());
    }

    private static String yaml(JsonNode node) {
        return node.isEmpty() ? "" : YAML.writeValueAsString(node);
    }

    private boolean coloured() {
        return switch (colour) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO ->
                surroundings.terminal() != null
                        && surroundings
                                .environment()
                                .getOrDefault("NO_COLOR", "")
                                .isEmpty();
        };
    }
}
