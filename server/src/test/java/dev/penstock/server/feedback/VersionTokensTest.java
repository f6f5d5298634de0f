package dev.penstock.server.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.router.split.RouteSpec;
import org.junit.jupiter.api.Test;

class VersionTokensTest {
    @Test
    void everyWeightIsReadBackFromItsPropensity() {
        for (int weight = 1; weight <= RouteSpec.BUCKETS; weight++) {
            int propensity = VersionTokens.propensity(weight);
            assertThat(propensity).isBetween(1, Prediction.CERTAIN);
            assertThat(VersionTokens.weight(propensity)).isEqualTo(weight);
        }
    }
}
