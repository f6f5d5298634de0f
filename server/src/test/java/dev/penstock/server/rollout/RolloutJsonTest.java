package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Require;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.StepSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// What is left out of a rollout.
final class RolloutJsonTest {
    private static RolloutSpec read(String rest) {
        String json = "{'route': 'r', 'candidate': 'm@2'%s}".formatted(rest).replace('\'', '"');
        return RolloutJson.read(JsonMapper.shared().readTree(json), "", "stable")
                .spec();
    }

    /// Nothing can be proven with copies, nor with nobody to compare with.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "canary; {'weight': '1%'}, {'weight': '50%'}; NOT_WORSE PROVEN",
                "canary; {'weight': '1%'}, {'weight': '50%'}, {'weight': '100%'}; NOT_WORSE PROVEN NOT_WORSE",
                "canary; {'weight': '50%', 'require': 'notWorse'}, {'weight': '100%'}; NOT_WORSE NOT_WORSE",
                "canary; {'shadow': '10%'}, {'weight': '100%'}; NOT_WORSE NOT_WORSE",
                "experiment; {'weight': '1%'}, {'weight': '50%'}; NOT_WORSE NOT_WORSE"
            })
    void theLastStepOfACanaryInWhichBothHaveAShareIsToBeProven(String strategy, String steps, String require) {
        RolloutSpec spec = read(", 'strategy': '%s', 'steps': [%s]".formatted(strategy, steps));

        assertThat(spec.steps())
                .extracting(StepSpec::require)
                .map(Require::name)
                .containsExactly(require.split(" "));
    }

    /// Copies have no callers: whether they are answered alike is all that there is to judge.
    @Test
    void copiesAreJudgedByWhetherTheyAgree() {
        assertThat(read(", 'strategy': 'shadow'").metrics()).containsExactly(MetricSpec.Disagreement.STANDARD);
        assertThat(read("").metrics()).isEqualTo(RolloutSpec.STANDARD_METRICS);
    }

    @Test
    void howFarNumbersMayBeApartIsWrittenAndRead() {
        RolloutSpec asked = read(", 'metrics': [{'type': 'disagreement', 'max': '5%', 'tolerance': 0.1}]");
        assertThat(asked.metrics()).containsExactly(new MetricSpec.Disagreement(0.05, 0.1, true));
        assertThat(RolloutJson.write(asked).path("metrics").path(0).path("tolerance").asDouble())
                .isEqualTo(0.1);
        assertThat(read(", 'metrics': [{'type': 'disagreement'}]").metrics())
                .as("as an earlier release recorded it")
                .containsExactly(new MetricSpec.Disagreement(0.02, 0.02, true));
    }

    @Test
    void theUsualStepsOfACanaryAreProvenAndNeverWithoutAControl() {
        assertThat(read("").steps()).extracting(StepSpec::require).containsOnlyOnce(Require.PROVEN);
        assertThat(read("").steps()).noneMatch(StepSpec::isSoak);
    }
}
