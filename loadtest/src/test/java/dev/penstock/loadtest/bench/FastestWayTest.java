package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.bench.Direct.Way;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FastestWayTest {
    @Test
    void whatRunsEachRowAloneIsToldFromWhatPutsRowsTogether() {
        FastestWay fastest =
                FastestWay.of(way -> (way.rows() == 4 ? 100 : 10) + (way.name().equals("naive") ? 5 : 0));

        assertThat(fastest).isEqualTo(new FastestWay(new Way("naive", 2, 1, 1), new Way("pinned", 2, 1, 4), 100));
    }

    @Test
    void aLuckyTrialIsNotEnough() {
        List<Way> tried = new ArrayList<>();
        Way lucky = new Way("penstock", 2, 1, 1);

        FastestWay fastest = FastestWay.of(way -> {
            boolean first = !tried.contains(way);
            tried.add(way);
            return way.equals(lucky) ? (first ? 120 : 60) : 100 - way.rows();
        });

        assertThat(fastest.each()).isNotEqualTo(lucky);
    }
}
