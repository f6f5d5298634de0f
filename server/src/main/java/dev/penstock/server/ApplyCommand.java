package dev.penstock.server;

import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.RouteJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
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
            "stay as they are. All files are read before anything is changed.",
            "",
            "A weight in a file is the one that is set: leave candidates to their rollout by not naming them. While a",
            "rollout runs, its route's arms are not changed, and that is said.",
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
    private static final int NOT_FOUND = 404;

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

    /// What is to be done about one thing.
    ///
    /// @param what for people: `route fraud`
    /// @param before as it is, as YAML; "" if it is not there
    /// @param after as it is to be
    private record Step(
            String what,
            String method,
            String path,
            String header,
            String tag,
            ObjectNode body,
            String before,
            String after) {
        boolean isNew() {
            return before.isEmpty();
        }

        boolean isDone() {
            return before.equals(after);
        }
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
        boolean good = true;
        boolean differs = false;
        List<RouteSpec> made = new ArrayList<>();
        Set<String> changed = new HashSet<>();
        for (RouteSpec route : wanted.routes().values()) {
            Step step = step(client, route);
            differs |= step != null && !step.isDone();
            boolean done = step != null && done(client, step);
            good &= done;
            if (done && step != null && step.isNew() && (diff || dryRun)) {
                made.add(route);
            } else if (step != null && !step.isDone()) {
                changed.add(route.name());
            }
        }
        ApplyRollouts rollouts = new ApplyRollouts(client, surroundings, made);
        for (AppliedFiles.Rollout rollout : wanted.rollouts()) {
            ApplyRollouts.Planned planned = rollouts.plan(rollout);
            good &= planned != null;
            if (planned != null) {
                differs |= !planned.isThere();
                good &= mayBe(planned, changed) && done(client, step(planned));
            }
        }
        return !good ? failed : diff && differs ? DIFFERS : ExitCode.OK;
    }

    /// Without a change the server is not asked to begin it, and cannot refuse.
    ///
    /// @param changed routes that would be others by then, so that nobody knows what the server would say
    private boolean mayBe(ApplyRollouts.Planned planned, Set<String> changed) {
        boolean refused = (diff || dryRun)
                && !planned.isThere()
                && !changed.contains(planned.spec().path("route").asString(""))
                && !planned.refused().isEmpty();
        if (refused) {
            surroundings.err().println("%s: it would be refused: %s".formatted(planned.what(), planned.refused()));
        }
        return !refused;
    }

    private static Step step(ApplyRollouts.Planned planned) {
        return new Step(
                planned.what(),
                planned.isOfNewRoute() ? "" : "POST",
                ApplyRollouts.PATH,
                "",
                "",
                planned.spec(),
                yaml(planned.before()),
                yaml(planned.after()));
    }

    private @Nullable Step step(AdminClient client, RouteSpec route) throws IOException {
        String path = RouteCommand.path(route.name());
        String what = "route " + route.name();
        AdminClient.Answer now = client.get(path);
        ObjectNode next = RouteJson.write(route);
        if (now.status() == NOT_FOUND) {
            return new Step(what, "PUT", path, "If-None-Match", "*", next, "", yaml(next));
        }
        if (now.failed()) {
            surroundings.err().println("%s: %s".formatted(what, now.error()));
            return null;
        }
        ObjectNode there = (ObjectNode) now.body().deepCopy();
        String rollout = there.path(RouteJson.STATUS).path("rollout").asString("");
        there.remove(List.of(RouteJson.STATUS, RouteJson.ROLLOUT));
        if (!rollout.isEmpty()) {
            next = RolledRoute.of(there, next);
        }
        return new Step(what, "PUT", path, "If-Match", RouteCommand.tag(now.body()), next, yaml(there), yaml(next));
    }

    static String yaml(JsonNode node) {
        return node.isEmpty() ? "" : YAML.writeValueAsString(node);
    }

    private boolean done(AdminClient client, Step step) throws IOException {
        if (!step.isDone() && !step.method().isEmpty()) {
            String query = diff || dryRun ? "?dryRun=true" : "";
            AdminClient.Answer answer =
                    client.send(step.method(), step.path() + query, step.body(), step.header(), step.tag());
            if (answer.failed()) {
                surroundings.err().println("%s: %s".formatted(step.what(), answer.error()));
                return false;
            }
        }
        if (diff) {
            surroundings
                    .out()
                    .print(UnifiedDiff.of(
                            step.before(),
                            step.after(),
                            step.what() + (step.isNew() ? " (not there)" : " (now)"),
                            step.what() + " (in the files)",
                            coloured()));
        } else {
            String done = step.isDone() ? "unchanged" : step.isNew() ? "created" : "changed";
            surroundings.out().println("%s %s%s".formatted(step.what(), done, dryRun ? " (dry run)" : ""));
        }
        return true;
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
