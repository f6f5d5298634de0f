package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DownloadStepsTest {
    private final List<Long> told = new ArrayList<>();
    private final DownloadSteps steps = new DownloadSteps((done, total) -> told.add(done));

    @Test
    void eachPercentIsToldOnceAndTheEnd() {
        long total = Long.MAX_VALUE / 2;

        for (long tenth = 0; tenth <= 1_000; tenth++) {
            steps.bytes(tenth == 1_000 ? total : total / 1_000 * tenth, total);
        }

        assertThat(told).hasSizeBetween(101, 102).endsWith(total);
    }

    @Test
    void whereTheWholeIsNotKnownEach16MebibytesAre() {
        for (long mebibyte = 1; mebibyte <= 64; mebibyte++) {
            steps.bytes(mebibyte << 20, -1);
        }

        assertThat(told).containsExactly(1L << 20, 16L << 20, 32L << 20, 48L << 20, 64L << 20);
    }
}
