package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {
    private static Tally tally(long firstNanos, long lastNanos) {
        Tally tally = new Tally();
        tally.begun = true;
        tally.firstNanos = firstNanos;
        tally.lastNanos = lastNanos;
        return tally;
    }

    @Test
    void aLoopWithoutRequestsHasNoTimes() {
        Tally before = tally(1000, 1500);
        before.add(new Tally());
        before.add(tally(900, 1200));
        Tally after = new Tally();
        after.add(tally(1000, 1500));

        assertThat(before.lastNanos - before.firstNanos).isEqualTo(600);
        assertThat(after.lastNanos - after.firstNanos).isEqualTo(500);
    }
}
