package dev.penstock.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `penstock rollout start`.
@Command(
        name = "start",
        description = {
            "Start a rollout of one or several versions.",
            "",
            "Without --step it takes the usual ones: copies for 10 minutes, then 1%%, 5%%, 25%% and 50%% of the requests,",
            "where the candidate must prove itself, and 95%% for 30 minutes. The default arm stays who it is: where the",
            "newest version answers as soon as it is there, have a route or the alias stable say which is the default."
        },
        footer = {
            "",
            "More than these flags can say is said in a file, see penstock apply and docs/rollouts.md.",
            "",
            "Examples:",
            "  penstock routes set fraud --default fraud@7                         before fraud@8 is there",
            "  penstock rollout start fraud --candidate fraud@8",
            "  penstock rollout start fraud --candidate fraud@8 --step 5%%:10m --step 50%%:30m:approve",
            "  penstock rollout start fraud --candidate fraud@8 --step 5%%:10m --step 50%%:30m",
            "  penstock rollout start fraud --candidate fraud@8 --strategy blueGreen",
            "  penstock rollout start fraud --candidate fraud@8 --mode observe     only say what would be done",
            "  penstock rollout start fraud --candidate fraud@8 --dry-run          only say what it would be"
        })
final class RolloutStart extends RolloutCommand {
    /// Of a step that ends only by a person's word.
    private static final String APPROVE = ":approve";

    @Parameters(index = "0", paramLabel = "ROUTE", description = "A route, or a model, which gets one.")
    private String route = "";

    @Option(
            names = "--candidate",
            paramLabel = "MODEL@VERSION",
            required = true,
            description = "The version; several for an experiment or a bandit.")
    private List<String> candidates = new ArrayList<>();

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "canary, blueGreen, shadow, experiment or bandit. Default: canary")
    private @Nullable String strategy;

    @Option(
            names = "--step",
            paramLabel = "WEIGHT:TIME[:approve]",
            description = {
                "A share and how long it takes at least, as 5%%:10m; repeatable, the last one below 100%% is to be proven.",
                "With :approve it ends only once a person has said penstock rollout approve."
            })
    private List<String> steps = new ArrayList<>();

    @Option(names = "--mode", paramLabel = "NAME", description = "observe, pause or rollback. Default: rollback")
    private @Nullable String mode;

    @Option(
            names = "--settle",
            paramLabel = "TIME",
            description = "How long what is counted after a change of shares is not used. Default: 30s")
    private @Nullable String settle;

    @Option(
            names = "--min-requests",
            paramLabel = "N",
            description = "Requests that each arm must have answered in a step. Default: 500")
    private @Nullable Long minRequests;

    @Option(
            names = "--quality",
            paramLabel = "MARGIN",
            description = "Judge by feedback, too: by how much the share of right answers may be lower, as 2%%.")
    private @Nullable String quality;

    @Option(
            names = "--disagreement",
            paramLabel = "SHARE",
            description =
                    "Judge copies, too: how many answers may be others than the default arm's, as 2%%. Always judged where the strategy is shadow.")
    private @Nullable String disagreement;

    @Option(
            names = "--copy-latency",
            paramLabel = "RATIO",
            description =
                    "Judge how long copies run, too: how many times as long as the default arm's runs of the same rows, as 2. For strategies and steps that give copies.")
    private @Nullable Double copyLatency;

    @Option(names = "--rearm", description = "Also if this very version was rolled back before.")
    private boolean rearm;

    @Option(names = "--dry-run", description = "Only find out whether and what it would be.")
    private boolean dryRun;

    @Override
    int ask(AdminClient client) throws IOException {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("route", route);
        if (candidates.size() == 1) {
            body.put("candidate", candidates.getFirst());
        } else {
            ArrayNode all = body.putArray("candidates");
            candidates.forEach(all::add);
        }
        put(body, "strategy", strategy);
        put(body, "mode", mode);
        put(body, "settle", settle);
        if (minRequests != null) {
            body.put("minRequests", minRequests);
        }
        if (rearm) {
            body.put("rearm", true);
        }
        if (!steps.isEmpty()) {
            ArrayNode all = body.putArray("steps");
            steps.forEach(step -> put(all.addObject(), step));
        }
        putMetrics(body);
        AdminClient.Answer answer = client.send("POST", PATH + (dryRun ? "?dryRun=true" : ""), body);
        int code = dryRun && !asJson() && !answer.failed() ? planned(answer) : print(answer);
        String refused = dryRun ? answer.body().path("refused").asString("") : "";
        if (code == ExitCode.OK && !refused.isEmpty()) {
            surroundings().err().println("it would be refused: " + refused);
            return ExitCode.FAILED;
        }
        String changes = answer.body().path("changes").asString("");
        if (code == ExitCode.OK && !changes.isEmpty() && !asJson()) {
            surroundings().out().printf("%nof the route it would make: %s%n", changes);
        }
        if (code == ExitCode.OK && !dryRun && !asJson()) {
            surroundings()
                    .out()
                    .printf(
                            "%nwatch it: %s rollout watch %s%n",
                            surroundings().command(), answer.body().path("id").asString(""));
        }
        return code;
    }

    /// What is neither a share nor a time is the server's to refuse.
    private static void put(ObjectNode body, String step) {
        boolean approve = step.endsWith(APPROVE);
        String[] parts = (approve ? step.substring(0, step.length() - APPROVE.length()) : step).split(":", 2);
        body.put("weight", parts[0]).put("minDuration", parts.length < 2 ? "10m" : parts[1]);
        if (approve) {
            body.put("approve", true);
        }
    }

    private int planned(AdminClient.Answer answer) {
        surroundings().out().print(RolloutText.plan(answer.body()));
        return ExitCode.OK;
    }

    /// Whoever names one gets the usual ones besides.
    private void putMetrics(ObjectNode body) {
        if (quality == null && disagreement == null && copyLatency == null) {
            return;
        }
        ArrayNode metrics = body.putArray("metrics");
        for (String type : List.of("errors", "latency", "predictionDrift")) {
            metrics.addObject().put("type", type);
        }
        if (quality != null) {
            metrics.addObject().put("type", "quality").put("margin", quality);
        }
        // Of copies there is nothing else to judge.
        if (disagreement != null || "shadow".equals(strategy)) {
            put(metrics.addObject().put("type", "disagreement"), "max", disagreement);
        }
        if (copyLatency != null) {
            metrics.addObject().put("type", "copyLatency").put("maxRatio", copyLatency);
        }
    }

    private static void put(ObjectNode body, String name, @Nullable String value) {
        if (value != null) {
            body.put(name, value);
        }
    }
}
