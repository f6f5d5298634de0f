package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.batching.BatchPlan.Bucket;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    @Test
    void aCrowdsRunsTakeAtMostTwiceAsLongAsOneRow() {
        assertThat(plan(new Bucket(1, 100), new Bucket(2, 120), new Bucket(4, 200), new Bucket(8, 350))
                        .crowdedRows())
                .isEqualTo(4);
    }

    @Test
    void butTheyGiveHalfOfTheBestRate() {
        assertThat(plan(new Bucket(1, 100), new Bucket(2, 210), new Bucket(4, 220), new Bucket(8, 230))
                        .crowdedRows())
                .isEqualTo(4);
    }

    @Test
    void whatWasNotMeasuredIsNotShortened() {
        assertThat(new BatchPlan(8, List.of(), 0, "").crowdedRows()).isEqualTo(8);
    }

    private static BatchPlan plan(Bucket... buckets) {
        return new BatchPlan(8, List.of(buckets), 0, "");
    }
}
