package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.loadtest.engine.ArrivalTimes;
import dev.penstock.loadtest.scenario.ScenarioError;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalFileTest {
    @Test
    void theFirstArrivalIsTheBeginning() {
        ArrivalTimes times =
                ArrivalFile.parse("a.csv", List.of("time,path", "1700000000.5,/a", "1700000000.75,/b", ""));

        assertThat(times.count()).isEqualTo(2);
        assertThat(times.offsetNanos(0)).isZero();
        assertThat(times.offsetNanos(1)).isEqualTo(250_000_000);
    }

    @Test
    void mistakesNameTheirLine() {
        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> ArrivalFile.parse("a", List.of("1", "x")))
                .withMessage("a, line 2: x (expected: seconds, such as 12.345)");
        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> ArrivalFile.parse("a", List.of("2", "1")))
                .withMessage("a, line 2: 1 (expected: at least 2.0, the line before)");
        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> ArrivalFile.parse("a", List.of("# nothing")))
                .withMessage("a: no arrivals (expected: seconds, one a line)");
    }
}
