package dev.penstock.server.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.drift.DriftStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QualityWatchTest {
    private static final long SEED = 20_261_122;

    private final QualityWatch watch = new QualityWatch();
    private final Random random = new Random(SEED);
    private long nowMillis;

    @Test
    void whatIsAsGoodAsItShouldBeIsToldSeldom() {
        int told = 0;
        for (int version = 0; version < 300; version++) {
            watch.reset(nowMillis);
            told += labels(5_000, 0.9, 0.9).isEmpty() ? 0 : 1;
        }
        // Of one block each at most one in a hundred, by the bounds.
        assertThat(told).as("seed %d", SEED).isLessThanOrEqualTo(3);
    }

    @Test
    void aDropIsToldOnceAndThatItIsOverToo() {
        assertThat(labels(20_000, 0.95, 0.9)).isEmpty();

        assertThat(labels(3_000, 0.7, 0.9)).first().isEqualTo(QualityWatch.Change.RAISED);
        assertThat(watch.raised()).isEqualTo(DriftStatus.CRITICAL);
        assertThat(labels(3_000, 0.7, 0.9)).isEmpty();

        assertThat(labels(2_000, 0.97, 0.9)).containsExactly(QualityWatch.Change.CLEARED);
        assertThat(watch.raised()).isEqualTo(DriftStatus.OK);
    }

    @Test
    void anAlarmEndsHoweverSlowlyLabelsCome() {
        assertThat(labels(500, 0.5, 0.9)).first().isEqualTo(QualityWatch.Change.RAISED);

        int days = 0;
        while (watch.raised() != DriftStatus.OK && days < 1_000) {
            watch.add(true);
            nowMillis += 24 * 3_600_000L;
            watch.look(0.9, nowMillis);
            days++;
        }
        // The rest of one block, and the whole of the next one.
        assertThat(days).isLessThanOrEqualTo(400);
    }

    @Test
    void nothingIsSaidOfFewLabels() {
        assertThat(watch.couldTell(0.9)).isFalse();
        watch.add(true);
        assertThat(watch.couldTell(0.9)).isFalse();
        labels(100, 1, 0.9);
        assertThat(watch.couldTell(0.9)).isTrue();
        assertThat(watch.couldTell(0.01)).isFalse();
        assertThat(watch.couldTell(Double.NaN)).isFalse();
        watch.reset(nowMillis);
        assertThat(watch.couldTell(0.9)).isFalse();
    }

    @Test
    void withoutATargetNothingIsSaid() {
        assertThat(labels(2_000, 0.1, Double.NaN)).isEmpty();
    }

    /// Looked at after every fifty.
    private List<QualityWatch.Change> labels(int count, double share, double reference) {
        List<QualityWatch.Change> changes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            watch.add(random.nextDouble() < share);
            if (i % 50 == 0) {
                nowMillis += 1_000;
                QualityWatch.Change change = watch.look(reference, nowMillis);
                if (change != QualityWatch.Change.NONE) {
                    changes.add(change);
                }
            }
        }
        return changes;
    }
}
