package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.arms.RewardRange;
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
        return RolloutJson.read(JsonMapper.shared().readTree(json), "stable").spec();
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

    /// Records of before do not have it, and who does not know it reads what says nothing of it.
    @Test
    void whatIsBetterIsWrittenOnlyWhereItIsAskedFor() {
        RolloutSpec usual = read(", 'metrics': [{'type': 'reward'}]");
        assertThat(RolloutJson.write(usual).path("metrics").path(0).toString())
                .isEqualTo("{\"type\":\"reward\",\"margin\":0.01,\"required\":true}");
        RolloutSpec asked = read(", 'strategy': 'experiment', 'metrics': [{'type': 'quality', 'minLift': '2%',"
                + " 'stopWhenBetter': true}]");
        assertThat(asked.metrics().getFirst())
                .isEqualTo(new MetricSpec.Feedback(true, 0.01, RewardRange.UNBOUNDED, true, 0.02, true));
        assertThat(RolloutJson.read(RolloutJson.write(asked), "stable").spec()).isEqualTo(asked);
    }

    /// Copies have no callers: whether they are answered alike is all that there is to judge.
    @Test
    void howLongCopiesRunIsJudgedWhereThatIsAskedFor() {
        RolloutSpec asked = read(", 'metrics': [{'type': 'copyLatency', 'maxRatio': 1.5}, {'type': 'errors'}]");
        assertThat(asked.metrics().getFirst()).isEqualTo(new MetricSpec.CopyLatency(1.5, false));
        assertThat(RolloutJson.write(asked).path("metrics").path(0).toString())
                .isEqualTo("{\"type\":\"copyLatency\",\"maxRatio\":1.5,\"required\":false}");
        assertThat(read(", 'metrics': [{'type': 'copyLatency'}]").metrics())
                .containsExactly(MetricSpec.CopyLatency.STANDARD);
    }

    @Test
    void copiesAreJudgedByWhetherTheyAgree() {
        assertThat(read(", 'strategy': 'shadow'").metrics()).containsExactly(MetricSpec.Disagreement.STANDARD);
        assertThat(read("").metrics()).isEqualTo(RolloutSpec.STANDARD_METRICS);
    }

    @Test
    void howFarNumbersMayBeApartIsWrittenAndRead() {
        RolloutSpec asked = read(", 'metrics': [{'type': 'disagreement', 'max': '5%', 'tolerance': 0.1}]");
        assertThat(asked.metrics()).containsExactly(new MetricSpec.Disagreement(0.05, 0.1, true));
        assertThat(RolloutJson.write(asked)
                        .path("metrics")
                        .path(0)
                        .path("tolerance")
                        .asDouble())
                .isEqualTo(0.1);
        assertThat(read(", 'metrics': [{'type': 'disagreement'}]").metrics())
                .as("as an earlier release recorded it")
                .containsExactly(new MetricSpec.Disagreement(0.02, 0.02, true));
    }

    @Test
    void whoNamesAMetricRequiresItUnlessHeSaysOtherwise() {
        String named = ", 'metrics': [{'type': 'quality', 'margin': '2%'}, {'type': 'reward'}, {'type': 'errors'}]";
        assertThat(read(named).metrics()).allMatch(MetricSpec::required);
        String optional = ", 'metrics': [{'type': 'quality', 'required': false}, {'type': 'predictionDrift'}]";
        assertThat(read(optional).metrics()).noneMatch(MetricSpec::required);
    }

    @Test
    void whatRewardsCountInIsWrittenAndRead() {
        RolloutSpec asked = read(", 'metrics': [{'type': 'reward', 'min': -1, 'max': 2.5}]");
        assertThat(asked.rewards()).isEqualTo(new RewardRange(-1, 2.5));
        assertThat(RolloutJson.read(RolloutJson.write(asked), "stable").spec()).isEqualTo(asked);
        assertThat(read(", 'metrics': [{'type': 'reward', 'max': 2.5}]").rewards())
                .isEqualTo(new RewardRange(Double.NEGATIVE_INFINITY, 2.5));
        assertThat(read(", 'metrics': [{'type': 'quality'}]").rewards()).isEqualTo(RewardRange.UNBOUNDED);
    }

    @Test
    void theUsualStepsOfACanaryAreProvenAndNeverWithoutAControl() {
        assertThat(read("").steps()).extracting(StepSpec::require).containsOnlyOnce(Require.PROVEN);
        assertThat(read("").steps()).noneMatch(StepSpec::isSoak);
    }

    /// Who misplaces a field would have a metric that judges by something else than was asked for.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'metrics': [{'type': 'errors', 'max': '1%'}]; metrics[0].max is unknown",
                "'metrics': [{'type': 'reward', 'name': 'chargeback'}]; metrics[0].name is unknown",
                "'metrics': [{'type': 'webhook', 'address': 'http://a', 'query': 'up'}]; metrics[0].query is unknown",
                "'metrics': [{'type': 'disagreement', 'quantiles': [0.5]}]; metrics[0].quantiles is unknown",
                "'metrics': [{'type': 'quality', 'max': 1}]; metrics[0].max is unknown",
                "'metrics': [{'type': 'quality', 'stopWhenBetter': true}]; metrics: stopWhenBetter (expected: none, but of an experiment or a bandit)",
                "'metrics': [{'type': 'reward', 'min': 1, 'max': 1}]; metrics[0].min: 1.0 (expected: less than max, 1.0)",
                "'metrics': [{'type': 'prediction'}]; metrics[0].type: 'prediction' (expected: errors,",
                "'metrics': [{'max': '1%'}]; metrics[0].type is missing",
                "'bandit': {'policy': 'ucb1'}; bandit is there (expected: none, as the strategy is canary)"
            })
    void whatIsOutOfItsPlaceIsRefused(String rest, String refusal) {
        assertThatThrownBy(() -> read(", " + rest))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining(refusal);
    }

    @Test
    void stepsThatAPersonApprovesOfAreWrittenAndRead() {
        String steps = ", 'steps': [{'weight': '1%'}, {'weight': '50%', 'approve': true}]";
        RolloutSpec asked = read(steps);

        assertThat(asked.steps()).extracting(StepSpec::approve).containsExactly(false, true);
        assertThat(asked.steps().getLast().require()).isEqualTo(Require.PROVEN);
        assertThat(RolloutJson.write(asked).path("steps").path(0).has("approve"))
                .as("what earlier releases recorded is the same")
                .isFalse();
        assertThat(RolloutJson.read(RolloutJson.write(asked), "stable").spec()).isEqualTo(asked);
        assertThatThrownBy(() -> read(steps.replace("true", "'ana'")))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("steps[1].approve: ");
    }

    @Test
    void whatIsWrittenIsRead() {
        RolloutSpec all = read("""
                , 'strategy': 'bandit', 'bandit': {'policy': 'ucb1'}, 'metrics': [{'type': 'errors'}, {'type': 'latency'},
                {'type': 'predictionDrift'}, {'type': 'disagreement'}, {'type': 'reward'}, {'type': 'quality'},
                {'type': 'prometheus', 'address': 'http://a', 'query': 'up', 'successCondition': 'result < 1'},
                {'type': 'webhook', 'address': 'http://a', 'name': 'asked', 'required': false}]""");

        assertThat(RolloutJson.read(RolloutJson.write(all), "stable").spec()).isEqualTo(all);
    }
}
