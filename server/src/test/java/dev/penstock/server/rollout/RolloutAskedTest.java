package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.RolloutSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What people ask for, and what is recorded of it.
final class RolloutAskedTest {
    private static JsonNode rollout(String rest) {
        String json = "{'route': 'r', 'candidate': 'm@2', %s}".formatted(rest).replace('\'', '"');
        return JsonMapper.shared().readTree(json);
    }

    private static RolloutSpec recorded(JsonNode node) {
        return RolloutJson.read(node, RolloutJson.USUAL_CONTROL).spec();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'steps': [{'weight': '5%', 'minDuration': '1m', 'for': '2m'}]; steps[0]: minDuration and for are",
                "'steps': [{'weight': '5%'}, {'weight': '100%', 'for': '1m', 'soak': '2m'}]; steps[1]: for and soak are",
                "'steps': [{'weight': '5%', 'soak': '2m'}]; steps[0].soak is there (expected: minDuration",
                "'metrics': [{'type': 'latency', 'rollbackRatio': 1000000}]; metrics[0].rollbackRatio: 1000000 (expected: at",
                "'metrics': [{'type': 'errors', 'promoteRatio': 1001}]; metrics[0].promoteRatio: 1001 (expected: at most 1000",
                "'strategy': 'bandit', 'bandit': {'epsilon': 0.2}; bandit.epsilon: 0.2 (expected: none, as the policy",
                "'strategy': 'bandit', 'bandit': {'policy': 'ucb1', 'epsilon': 0.2}; as the policy is ucb1"
            })
    void whatWouldMeanNothingIsRefusedAndStillReadFromRecords(String rest, String why) {
        JsonNode node = rollout(rest);

        assertThatThrownBy(() -> RolloutAsked.read(node))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining(why);
        assertThat(recorded(node).route()).isEqualTo("r");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'steps': [{'weight': '5%', 'for': '2m'}, {'weight': '100%', 'soak': '2m'}]",
                "'strategy': 'bandit'",
                "'strategy': 'bandit', 'bandit': {'policy': 'epsilonGreedy', 'epsilon': 0.2}"
            })
    void whatIsWrittenCanBeAskedForAgain(String rest) {
        RolloutSpec spec = RolloutAsked.read(rollout(rest)).spec();

        assertThat(RolloutAsked.read(RolloutJson.write(spec)).spec()).isEqualTo(spec);
    }

    @Test
    void whoNamesTheDefaultArmIsTakenAtHisWord() {
        assertThat(RolloutAsked.read(rollout("'control': 'stable'")).namesControl())
                .isTrue();
        assertThat(RolloutAsked.read(rollout("'alpha': 0.05")).namesControl()).isFalse();
    }
}
