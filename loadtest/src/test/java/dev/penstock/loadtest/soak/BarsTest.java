package dev.penstock.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.bench.Row;
import dev.penstock.loadtest.bench.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BarsTest {
    @Test
    void nothingMayFail() {
        assertThat(Bars.none("failures", 0, "").verdict().reached()).isTrue();
        assertThat(Bars.none("failures", 1, "").verdict().reached()).isFalse();
        assertThat(Bars.missing("failures", "gone").verdict().reached()).isFalse();
    }

    @Test
    void allExchangesHaveToBeDone() {
        assertThat(Bars.atLeast("exchanges", 99, 100, "").verdict().reached()).isFalse();
        assertThat(Bars.atLeast("exchanges", 100, 100, "").verdict().reached()).isTrue();
    }

    @Test
    void memoryMayGrowByOneMegabyteAnExchange() {
        assertThat(Bars.memory(growing(400, 0.9)).verdict().reached()).isTrue();
        assertThat(Bars.memory(growing(400, 1.1)).verdict().reached()).isFalse();
    }

    @Test
    void whatTheServerTakesAtFirstIsNotHeldAgainstIt() {
        double[] values = growing(400, 0);
        for (int i = 0; i < 90; i++) {
            values[i] = 300 + 10 * i;
        }

        assertThat(Bars.memory(values).value()).isZero();
    }

    @Test
    void memoryOfAFewExchangesIsNotJudged() {
        Row row = Bars.memory(growing(99, 50));

        assertThat(row.verdict()).isEqualTo(new Row.Verdict(true, "not judged"));
    }

    @Test
    void theMedianOfThePairsIsJudged() {
        assertThat(Bars.interference(new double[] {1.0, 9.0, 1.1}, "").verdict().reached())
                .isTrue();
        assertThat(Bars.interference(new double[] {1.0, 1.3, 1.4}, "").verdict().reached())
                .isFalse();
    }

    @Test
    void noRequestMayFailBesideLoading() {
        Sample good = sample(Map.of());
        Sample bad = sample(Map.of("UNAVAILABLE", 2L, "NOT_SENT", 3L));

        assertThat(Bars.failedBeside(List.of(good), List.of(good)).verdict().reached())
                .isTrue();
        assertThat(Bars.failedBeside(List.of(good, good), List.of(good, bad)))
                .satisfies(row -> assertThat(row.verdict().reached()).isFalse())
                .satisfies(row -> assertThat(row.value()).isEqualTo(5))
                .satisfies(row -> assertThat(row.measured()).contains("5 while a model loaded", "{NOT_SENT=3, UNAV"));
        assertThat(Bars.failedBeside(List.of(bad), List.of(good)).verdict().reached())
                .isFalse();
    }

    private static Sample sample(Map<String, Long> errors) {
        return new Sample(10, 1, 1, 1, 1, 1, 1, 1, errors);
    }

    @Test
    void aSparklineRisesWithItsValues() {
        assertThat(Sparkline.of(new double[] {1, 1, 5, 9, 9}, 80)).isEqualTo("▁▁▅██");
        assertThat(Sparkline.of(new double[] {1, 1, 9, 9}, 2)).isEqualTo("▁█");
        assertThat(Sparkline.of(new double[] {4, 4}, 80)).isEqualTo("▁▁");
    }

    private static double[] growing(int count, double perStep) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> 500 + perStep * i);
        return values;
    }

    @Test
    void handlesThatStayBehindAreSeenAndWhatVariesIsNot() {
        assertThat(Bars.handles(83, 78, 100).verdict().reached()).isTrue();
        assertThat(Bars.handles(178, 78, 100).verdict().reached()).isFalse();
        assertThat(Bars.handles(88, 78, 10).verdict().text()).isEqualTo("not judged");
    }
}
