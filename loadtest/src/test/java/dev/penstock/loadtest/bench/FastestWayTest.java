package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.bench.Direct.Way;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FastestWayTest {
    @Test
    void rowsAreChosenFirstAndThenHowTheyAreRun() {
        List<Way> tried = new ArrayList<>();

        Way best = FastestWay.of(way -> {
            tried.add(way);
            return (way.rows() == 4 ? 100 : 10) + (way.name().equals("naive") ? 5 : 0);
        });

        assertThat(best).isEqualTo(new Way("naive", 2, 1, 4));
        assertThat(tried)
                .contains(new Way("pinned", 2, 1, 1), new Way("pinned", 2, 1, 8), new Way("penstock", 2, 1, 4))
                .doesNotContain(new Way("naive", 2, 1, 1));
    }

    @Test
    void aLuckyTrialIsNotEnough() {
        List<Way> tried = new ArrayList<>();
        Way lucky = new Way("penstock", 2, 1, 1);

        Way best = FastestWay.of(way -> {
            boolean first = !tried.contains(way);
            tried.add(way);
            return way.equals(lucky) ? (first ? 120 : 60) : 100 - way.rows();
        });

        assertThat(best).isNotEqualTo(lucky);
    }
}
