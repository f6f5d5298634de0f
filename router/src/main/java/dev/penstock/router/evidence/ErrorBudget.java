package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import java.util.Map;

/// How likely a rollout may be rolled back for nothing, divided among what is watched. Nothing of it is spent
/// by looking or by steps.
///
/// @param alpha of all together, in (0, 1)
/// @param weights by what is watched, positive; each gets its part of their sum
public record ErrorBudget(double alpha, Map<String, Double> weights) {
    public static final double DEFAULT_ALPHA = 0.05;

    public ErrorBudget {
        Check.argument(alpha > 0 && alpha < 1, "alpha: %s (expected: in (0, 1))", alpha);
        Check.argument(!weights.isEmpty(), "weights: none (expected: at least one)");
        for (Map.Entry<String, Double> weight : weights.entrySet()) {
            boolean positive = weight.getValue() > 0 && weight.getValue() < Double.POSITIVE_INFINITY;
            Check.argument(positive, "weights: %s of %s (expected: > 0)", weight.getValue(), weight.getKey());
        }
        weights = Map.copyOf(weights);
    }

    /// How likely that one may do so.
    public double alphaOf(String watched) {
        Double weight = weights.get(watched);
        if (weight == null) {
            throw new IllegalArgumentException(
                    "watched: %s (expected: one of %s)".formatted(watched, weights.keySet()));
        }
        double sum = weights.values().stream().mapToDouble(Double::doubleValue).sum();
        return alpha * weight / sum;
    }

    /// The ln E from which on that one is enough for a rollback.
    public double logEnough(String watched) {
        return -Math.log(alphaOf(watched));
    }
}
