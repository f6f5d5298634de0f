package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.run.Rest.View;
import org.junit.jupiter.api.Test;

class RestTest {
    private final Rest rest = new Rest(0.1);

    @Test
    void threeAlikeInARowAreNeeded() {
        assertThat(rest.offer(new View(100, 5))).isFalse();
        assertThat(rest.offer(new View(100, 5))).isFalse();
        assertThat(rest.reached()).isFalse();
        assertThat(rest.offer(new View(105, 5.2))).isTrue();
        assertThat(rest.windows()).isEqualTo(3);
    }

    @Test
    void aServerThatWarmsUpIsWaitedFor() {
        for (double rate : new double[] {100, 200, 400, 800, 850}) {
            assertThat(rest.offer(new View(rate, 5))).as("%s", rate).isFalse();
        }

        assertThat(rest.offer(new View(830, 5))).isTrue();
        assertThat(rest.windows()).isEqualTo(6);
    }

    @Test
    void aSteadyRateWithAGrowingLatencyIsNotAtRest() {
        for (int window = 1; window < 6; window++) {
            assertThat(rest.offer(new View(100, 5 * window))).isFalse();
        }
        assertThat(rest.windows()).isEqualTo(5);
    }

    @Test
    void aLatencyThatGrowsEvenlyIsNeverAtRest() {
        for (int window = 1; window < 1000; window++) {
            assertThat(rest.offer(new View(100, 5 * window)))
                    .as("window %d", window)
                    .isFalse();
        }
    }

    @Test
    void aRateThatGrowsEvenlyIsNeverAtRest() {
        for (int window = 1; window < 1000; window++) {
            assertThat(rest.offer(new View(30 * window, 5)))
                    .as("window %d", window)
                    .isFalse();
        }
    }

    @Test
    void whatHasGrownAndThenStaysIsAtRest() {
        int window = 0;
        while (window < 20) {
            window++;
            rest.offer(new View(100, 5 * window));
        }
        while (!rest.offer(new View(100, 100)) && window < 100) {
            window++;
        }

        assertThat(rest.windows()).isBetween(30, 40);
    }

    @Test
    void silenceIsNoRest() {
        for (int window = 0; window < 5; window++) {
            assertThat(rest.offer(new View(0, Double.NaN))).isFalse();
        }
        assertThat(rest.reached()).isFalse();
    }

    @Test
    void whatIsNoLongerAtRestWasOnce() {
        for (int window = 0; window < 3; window++) {
            rest.offer(new View(100, 5));
        }

        assertThat(rest.offer(new View(10, 50))).isFalse();
        assertThat(rest.reached()).isTrue();
        assertThat(rest.windows()).isEqualTo(3);
    }
}
