package dev.penstock.server.alerting;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.drift.FeatureDrift;
import dev.penstock.monitor.drift.VectorDrift;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.Monitoring;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of a version's drift when something is told of it: of the window that people are shown.
///
/// @param window its length, as people ask for it
/// @param baseline id of what is usual
/// @param features all of them
/// @param vectors the same as wholes
public record Facts(
        String window,
        long rows,
        double share,
        String baseline,
        List<FeatureDrift> features,
        List<VectorDrift> vectors) {
    public Facts {
        features = List.copyOf(features);
        vectors = List.copyOf(vectors);
    }

    /// @return null if the version is not watched any more
    public static @Nullable Facts of(Monitoring monitoring, ModelKey key) {
        try {
            Evaluation evaluation = monitoring.evaluation(key, null);
            return evaluation.report() == null
                    ? null
                    : new Facts(
                            evaluation.text(),
                            evaluation.rows(),
                            evaluation.report().share(),
                            monitoring.watched(key).baselineId(),
                            evaluation.report().features(),
                            evaluation.report().vectors());
        } catch (ServingException _) {
            return null;
        }
    }
}
