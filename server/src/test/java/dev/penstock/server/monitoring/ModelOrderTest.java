package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.FeatureOrder;
import dev.penstock.monitor.recording.MonitorSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelOrderTest {
    private static ModelOrder order(Map<String, String> parameters) {
        return ModelOrder.of(parameters, true, DriftRules.STANDARD);
    }

    @Test
    void aModelThatSaysNothingIsMonitoredAsAllAre() {
        ModelOrder order = order(Map.of());

        assertThat(order.settings()).isEqualTo(MonitorSettings.STANDARD);
        assertThat(order.rules()).isEqualTo(DriftRules.STANDARD);
        assertThat(order.source()).isEqualTo(BaselineSource.LEARNED);
        assertThat(order.problems()).isEmpty();
        assertThat(ModelOrder.of(Map.of(), false, DriftRules.STANDARD).settings())
                .isEqualTo(MonitorSettings.OFF);
    }

    @Test
    void inputsAreNamedWithColumnsKindsAndPins() {
        ModelOrder order = order(Map.of(
                "monitor.inputs",
                "features[0] as amount pinned, features[1-40] numeric, country categorical, emb embedding pinned",
                "monitor.outputs",
                "logits off, *"));

        assertThat(order.settings().inputs())
                .containsExactly(
                        new FeatureOrder("features", FeatureOrder.Kind.AUTO, 0, 0, "amount", false),
                        new FeatureOrder("features", FeatureOrder.Kind.NUMERIC, 1, 40, "", false),
                        FeatureOrder.of("country", FeatureOrder.Kind.CATEGORICAL),
                        FeatureOrder.of("emb", FeatureOrder.Kind.EMBEDDING));
        assertThat(order.settings().allInputs()).isFalse();
        assertThat(order.settings().outputs()).containsExactly(FeatureOrder.of("logits", FeatureOrder.Kind.NONE));
        assertThat(order.settings().allOutputs()).isTrue();
        assertThat(order.rules().pinned()).isEqualTo(Set.of("amount", "emb"));
        assertThat(order.problems()).isEmpty();
    }

    @Test
    void theScoreOfEachClassMayBeAskedFor() {
        ModelOrder order = order(Map.of("monitor.outputs", "chances scores each, *"));

        assertThat(order.settings().outputs())
                .containsExactly(new FeatureOrder("chances", FeatureOrder.Kind.SCORE, 0, FeatureOrder.LAST, "", true));
        assertThat(order.problems()).isEmpty();
        assertThat(order(Map.of("monitor.outputs", "emb embedding each")).problems())
                .singleElement()
                .asString()
                .contains("scores each");
    }

    @Test
    void allInputsOrNoOutputsAreOneWord() {
        MonitorSettings settings =
                order(Map.of("monitor.inputs", "*", "monitor.outputs", "none")).settings();

        assertThat(settings.allInputs()).isTrue();
        assertThat(settings.allOutputs()).isFalse();
    }

    @Test
    void limitsAreTheModelsOwn() {
        ModelOrder order = order(Map.of(
                "monitor.warn", "0.2",
                "monitor.critical", "0.5",
                "monitor.min-samples", "200",
                "monitor.share", "0.5",
                "monitor.baseline", "previous 1h"));

        assertThat(order.rules().warnPsi()).isEqualTo(0.2);
        assertThat(order.rules().criticalPsi()).isEqualTo(0.5);
        assertThat(order.rules().minSamples()).isEqualTo(200);
        assertThat(order.rules().modelShare()).isEqualTo(0.5);
        assertThat(order.source()).isEqualTo(new BaselineSource.Previous(Duration.ofHours(1)));
        assertThat(order(Map.of("monitor.baseline", "version 3")).source()).isEqualTo(new BaselineSource.Version(3));
        assertThat(order(Map.of("monitor.warn", "0.4")).rules().criticalPsi()).isEqualTo(0.4);
    }

    @Test
    void whatCannotBeUnderstoodIsToldAndNotUsed() {
        ModelOrder order = order(Map.of(
                "monitor.inputs", "features[3-1]",
                "monitor.warn", "much",
                "monitor.min-samples", "0.5",
                "monitor.baseline", "yesterday"));

        assertThat(order.settings())
                .isEqualTo(MonitorSettings.STANDARD.judged(order.settings().judging()));
        assertThat(order.rules()).isEqualTo(DriftRules.STANDARD);
        assertThat(order.problems())
                .hasSize(4)
                .anySatisfy(problem -> assertThat(problem)
                        .isEqualTo("parameter 'monitor.warn': string_value 'much' is not used (expected: an index in"
                                + " nats, e.g. 0.1)"))
                .anySatisfy(problem -> assertThat(problem).contains("not 'features[3-1]'"));
    }
}
