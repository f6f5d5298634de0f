package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ModelKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BatchUsageTest {
    private static final long OLDEST_NANOS = 12;

    private static BatchUsage usage(long version, long count, Map<CloseReason, Long> closed) {
        return new BatchUsage(
                new ModelKey("m", version),
                List.of(count, 2 * count),
                3 * count,
                9 * count,
                waits(count),
                10 * count,
                closed,
                Map.of(Offer.QUEUE_FULL, 4 * count),
                5 * count,
                6 * count,
                7 * count,
                (int) (8 * count),
                11 * count,
                // The longest of both, and not the sum.
                OLDEST_NANOS);
    }

    private static LatencySnapshot waits(long count) {
        LatencyHistogram waits = new LatencyHistogram();
        for (long i = 0; i < count; i++) {
            waits.record(1_000_000);
        }
        return waits.snapshot();
    }

    @Test
    void copiesOfAVersionAddUp() {
        BatchUsage sum = usage(1, 1, Map.of(CloseReason.FULL, 9L))
                .plus(usage(1, 10, Map.of(CloseReason.FULL, 1L, CloseReason.IDLE, 2L)));

        assertThat(sum).isEqualTo(usage(1, 11, Map.of(CloseReason.FULL, 10L, CloseReason.IDLE, 2L)));
    }

    @Test
    void versionsDoNot() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> usage(1, 1, Map.of()).plus(usage(2, 1, Map.of())))
                .withMessageContaining("expected: of one version");
    }
}
