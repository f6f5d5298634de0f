package dev.penstock.server.rollout;

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

    /// @param path of it in what was written, for messages
    /// @throws ServingException if it is none, or a field of it would mean nothing
    public static RolloutJson.Order read(JsonNode node, String path) {
        RolloutJson.Order order = RolloutJson.read(node, path, RolloutJson.USUAL_CONTROL);
        String at = path.isEmpty() ? "" : path + ".";
        for (int i = 0; i < node.path("steps").size(); i++) {
            check(
                    node.path("steps").path(i),
                    at + "steps[" + i + "]",
                    order.spec().steps().get(i));
        }
        for (int i = 0; i < node.path("metrics").size(); i++) {
            JsonNode metric = node.path("metrics").path(i);
            String where = at + "metrics[" + i + "].";
            RATIOS.forEach(ratio -> checkRatio(metric.path(ratio), where + ratio));
        }
        JsonNode epsilon = node.path("bandit").path("epsilon");
        BanditSpec.Policy policy = order.spec().bandit().policy();
        if (!epsilon.isMissingNode() && policy != BanditSpec.Policy.EPSILON_GREEDY) {
            throw ServingException.invalid("%sbandit.epsilon: %s (expected: none, as the policy is %s)"
                    .formatted(at, epsilon, Texts.camel(policy)));
        }
        return order;
    }

    /// Margins beyond that are judged as it.
    private static void checkRatio(JsonNode ratio, String where) {
        if (ratio.isNumber() && !(ratio.asDouble() <= MetricSpec.MOST_RATIO)) {
            throw ServingException.invalid(
                    "%s: %s (expected: at most %.0f)".formatted(where, ratio, MetricSpec.MOST_RATIO));
        }
    }

    private static void check(JsonNode step, String where, StepSpec spec) {
        List<String> said = TIMES.stream().filter(step::hasNonNull).toList();
        if (said.size() > 1) {
            throw ServingException.invalid("%s: %s are there (expected: one of them, as they mean the same)"
                    .formatted(where, String.join(" and ", said)));
        }
        if (step.hasNonNull("soak") && !spec.isSoak()) {
            throw ServingException.invalid(
                    "%s.soak is there (expected: minDuration, as the weight is not 100%%)".formatted(where));
        }
    }
}
