package dev.penstock.server;

import dev.penstock.core.FieldPath;
import dev.penstock.core.ServingException;
import dev.penstock.server.routing.CandidateText;
import dev.penstock.server.routing.Share;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The commands of `penstock routes` that change something. Each says what it has read, so that it undoes
/// nothing that somebody else did meanwhile.
final class RouteEdits {
    private static final int NOT_FOUND = 404;
    private static final int STALE = 412;

    /// Of a change that says the same whatever else was changed.
    private static final int MAX_TRIES = 5;

    private RouteEdits() {}

    /// `penstock routes set`.
    @Command(
            name = "set",
            description = {
                "Make a route, or change what is given of one that is there. What is not given stays as it is.",
                "Rules beyond these options (match, overrides, shadows, fallback) are written in files: penstock apply."
            },
            footer = {
                "",
                "A target is fraud@7 (a version), fraud@champion (where an alias points), or fraud (whoever answers",
                "requests that name no version). A share is 5%%, 0.25%% or 25bp.",
                "",
                "Examples:",
                "  penstock routes set fraud --default fraud@7 --candidate canary=fraud@8:1%%",
                "  penstock routes set fraud --candidate a=fraud@8:20%%/30%% --candidate b=fraud@9:20%%/30%%",
                "                                          an A/B/n test; 30%% is what each may grow to",
                "  penstock routes set fraud --unit header=x-user-id --unit cookie=uid",
                "  penstock routes set fraud --salt fraud/v2     deals all units anew"
            })
    static final class SetRoute extends RouteCommand {
        @Parameters(index = "0", paramLabel = "ROUTE", description = "Its name: a model's, or a new one.")
        private String name = "";

        @Option(names = "--default", paramLabel = "[ARM=]TARGET", description = "Who answers all other units.")
        private String standard = "";

        @Option(
                names = "--candidate",
                paramLabel = "ARM=TARGET[:SHARE[/MOST]]",
                description = "Who answers a share; repeatable. All of them, in order. Default: SHARE 0%%, MOST 100%%")
        private List<String> candidates = new ArrayList<>();

        @Option(
                names = "--unit",
                paramLabel = "KIND=NAME",
                description =
                        "Where the unit is found: header, jwtClaim, cookie or parameter; repeatable, the first counts.")
        private List<String> units = new ArrayList<>();

        @Option(names = "--salt", paramLabel = "TEXT", description = "Decides with the unit who gets which arm.")
        private String salt = "";

        @Override
        int ask(AdminClient client) throws IOException {
            ObjectNode patch = object();
            try {
                fill(patch);
            } catch (ServingException e) {
                return refuse(e.reason());
            }
            if (patch.isEmpty()) {
                return refuse("nothing to set (expected: --default, --candidate, --unit or --salt)");
            }
            AdminClient.Answer now = client.get(path(name));
            if (now.status() == NOT_FOUND && standard.isEmpty()) {
                var _ = refuse(now.error() + " (expected: --default with a target, to make it)");
                return ExitCode.FAILED;
            }
            if (now.failed() && now.status() != NOT_FOUND) {
                return print(now, RoutesTable::one);
            }
            return now.failed()
                    ? print(client.send("PUT", path(name), patch, "If-None-Match", "*"), RoutesTable::one)
                    : print(client.send("PATCH", path(name), patch, "If-Match", tag(now.body())), RoutesTable::one);
        }

        private void fill(ObjectNode patch) {
            if (!standard.isEmpty()) {
                CandidateText.standard(patch, standard);
            }
            if (!candidates.isEmpty()) {
                ArrayNode list = patch.putArray("candidates");
                candidates.forEach(text -> CandidateText.candidate(list.addObject(), text, candidates.size()));
            }
            if (!units.isEmpty()) {
                ArrayNode list = patch.putArray("unit");
                units.forEach(text -> CandidateText.unit(list, text));
            }
            if (!salt.isEmpty()) {
                patch.put("salt", salt);
            }
        }
    }

    /// `penstock routes weight`.
    @Command(
            name = "weight",
            description = "Give a candidate another share of the units, at once; the default arm has the rest.",
            footer = {
                "",
                "Raising it moves units from the default arm to this one and no other, lowering it moves them back.",
                "With 0%% it gets nothing at all.",
                "",
                "Examples:",
                "  penstock routes weight fraud canary 5%%",
                "  penstock routes weight fraud canary 0%%"
            })
    static final class Weight extends RouteCommand {
        @Parameters(index = "0", paramLabel = "ROUTE", description = "Its name.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "ARM", description = "A candidate of it.")
        private String arm = "";

        @Parameters(index = "2", paramLabel = "SHARE", description = "Such as 5%%, 0.25%% or 25bp.")
        private String share = "";

        @Override
        int ask(AdminClient client) throws IOException {
            String weight;
            try {
                weight = Share.text(Share.parse(FieldPath.of("SHARE"), share));
            } catch (ServingException e) {
                return refuse(e.reason());
            }
            AdminClient.Answer answer = weigh(client, weight);
            for (int i = 1; i < MAX_TRIES && answer.status() == STALE; i++) {
                // Somebody changed something else: this says the same.
                answer = weigh(client, weight);
            }
            return print(answer, RoutesTable::one);
        }

        private AdminClient.Answer weigh(AdminClient client, String weight) throws IOException {
            AdminClient.Answer now = client.get(path(name));
            if (now.failed()) {
                return now;
            }
            ObjectNode patch = object();
            ArrayNode edited = patch.putArray("candidates");
            List<String> known = new ArrayList<>();
            for (JsonNode candidate : now.body().path("candidates")) {
                known.add(candidate.path("arm").asString(""));
                ObjectNode copy = (ObjectNode) candidate.deepCopy();
                edited.add(known.getLast().equals(arm) ? copy.put("weight", weight) : copy);
            }
            if (!known.contains(arm)) {
                String error = "route '%s' has no candidate '%s' (it has: %s; the default arm has what they leave)"
                        .formatted(name, arm, known.isEmpty() ? "none" : String.join(", ", known));
                ObjectNode refusal = object().put("error", error);
                return new AdminClient.Answer(NOT_FOUND, refusal, refusal.toString());
            }
            return client.send("PATCH", path(name), patch, "If-Match", tag(now.body()));
        }
    }

    /// `penstock routes delete`.
    @Command(
            name = "delete",
            description = "Take a route away: its name is a model's again, or unknown.",
            footer = {"", "Example:", "  penstock routes delete fraud"})
    static final class Delete extends RouteCommand {
        @Parameters(index = "0", paramLabel = "ROUTE", description = "Its name.")
        private String name = "";

        @Override
        int ask(AdminClient client) throws IOException {
            AdminClient.Answer now = client.get(path(name));
            return now.failed()
                    ? print(now, _ -> "")
                    : print(
                            client.send("DELETE", path(name), object(), "If-Match", tag(now.body())),
                            _ -> "route %s is gone\n".formatted(name));
        }
    }
}
