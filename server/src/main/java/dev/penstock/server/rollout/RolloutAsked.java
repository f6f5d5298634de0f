package dev.penstock.server.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.StepSpec;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Rollouts as people ask for them: as [RolloutJson] reads them, less what would mean nothing, which is in
/// records of earlier releases. Pure.
public final class RolloutAsked {
    private static final List<String> TIMES = List.of("minDuration", "for", "soak");

    private static final List<String> RATIOS = List.of("rollbackRatio", "promoteRatio");

    private RolloutAsked() {}

    /// @throws ServingException if it is none, or a field of it would mean nothing
    public static RolloutJson.Order read(JsonNode node) {
        RolloutJson.Order order = RolloutJson.read(node, RolloutJson.USUAL_CONTROL);
        for (int i = 0; i < node.path("steps").size(); i++) {
            check(
                    node.path("steps").path(i),
                    FieldPath.of("steps").element(i),
                    order.spec().steps().get(i));
        }
        for (int i = 0; i < node.path("metrics").size(); i++) {
            JsonNode metric = node.path("metrics").path(i);
            FieldPath where = FieldPath.of("metrics").element(i);
            RATIOS.forEach(ratio -> checkRatio(metric.path(ratio), where.field(ratio)));
        }
        JsonNode epsilon = node.path("bandit").path("epsilon");
        BanditSpec.Policy policy = order.spec().bandit().policy();
        if (!epsilon.isMissingNode() && policy != BanditSpec.Policy.EPSILON_GREEDY) {
            String expected = "none, as the policy is " + Texts.camel(policy);
            FieldPath where = FieldPath.of("bandit").field("epsilon");
            throw ServingException.of(
                    Mistake.wrong(where, epsilon.toString(), expected).amongFields());
        }
        return order;
    }

    /// Margins beyond that are judged as it.
    private static void checkRatio(JsonNode ratio, FieldPath where) {
        if (ratio.isNumber() && !(ratio.asDouble() <= MetricSpec.MOST_RATIO)) {
            throw ServingException.of(
                    Mistake.wrong(where, ratio.toString(), "at most %.0f".formatted(MetricSpec.MOST_RATIO)));
        }
    }

    private static void check(JsonNode step, FieldPath where, StepSpec spec) {
        List<String> said = TIMES.stream().filter(step::hasNonNull).toList();
        if (said.size() > 1) {
            String found = "%s are there".formatted(String.join(" and ", said));
            throw ServingException.of(Mistake.wrong(where, found, "one of them, as they mean the same"));
        }
        if (step.hasNonNull("soak") && !spec.isSoak()) {
            Mistake soak = Mistake.needless(where.field("soak"), "minDuration, as the weight is not 100%");
            throw ServingException.of(soak.amongFields());
        }
    }
}
