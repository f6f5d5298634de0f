package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.batching.BatchPlan.Bucket;
import org.junit.jupiter.api.Test;

class ModelProbeTest {
    private static final ProbeLimits STANDARD = ProbeLimits.standard();

    @Test
    void aModelThatCostsMostlyItsCallIsBatchedAsFarAsIsTried() {
        ProbedModel model = new ProbedModel(10_000, 40);

        BatchPlan plan = plan(model, STANDARD);

        assertThat(plan.maxRows()).isEqualTo(256);
        assertThat(plan.reason()).isEqualTo("batches of up to 256 rows: the most that are tried");
        assertThat(plan.singleNanos()).isEqualTo(10_040);
        assertThat(plan.buckets()).extracting(Bucket::rows).containsExactly(1, 2, 4, 8, 16, 32, 64, 128, 256);
        assertThat(plan.buckets().getLast().serviceNanos()).isEqualTo(20_240);
    }

    @Test
    void theSearchEndsWhereRowsPerSecondGrowByLessThanATwentieth() {
        // 16 rows: 150 ns a row; 32 rows: 125; 64 rows: 112.5; 128 rows: 106.25, a gain of 5.9 %; 256 rows: of 3 %.
        ProbedModel model = new ProbedModel(800, 100);

        BatchPlan plan = plan(model, STANDARD);

        assertThat(plan.maxRows()).isEqualTo(128);
        assertThat(plan.reason()).isEqualTo("batches of up to 128 rows: 256 gain little (103 ns a row instead of 106)");
        assertThat(plan.buckets().getLast()).isEqualTo(new Bucket(128, 13_600));
    }

    @Test
    void aModelWhoseRowsCostTheSameEverywhereIsNotBatched() {
        BatchPlan plan = plan(new ProbedModel(10, 1_000_000), STANDARD);

        assertThat(plan.maxRows()).isEqualTo(1);
        assertThat(plan.reason()).isEqualTo("not batched: 2 gain little (1000005 ns a row instead of 1000010)");
        assertThat(plan.buckets()).containsExactly(new Bucket(1, 1_000_010));
    }

    @Test
    void theSearchEndsWhenItsTimeWouldBeOver() {
        ProbedModel model = new ProbedModel(150_000_000, 1_000_000);

        BatchPlan plan = plan(model, STANDARD);

        assertThat(plan.maxRows()).isEqualTo(2);
        assertThat(plan.reason()).isEqualTo("batches of up to 2 rows: trying 4 would have taken too long");
    }

    @Test
    void runsOfTheCallingThreadCountByItsProcessorTime() {
        // What its clock says is what others did with the processor meanwhile.
        long waitedNanos = 100_000_000;

        BatchPlan plan = plan(new ProbedModel(waitedNanos, 1).computingInCaller(), STANDARD.withFixedRows(2));

        assertThat(plan.singleNanos()).isPositive().isLessThan(waitedNanos);
    }

    @Test
    void largeRowsAreTriedInFewerAtATime() {
        assertThat(plan(new ProbedModel(10_000, 10).withRowBytes(8192), STANDARD)
                        .maxRows())
                .isEqualTo(64);
        ProbeLimits megabyte = STANDARD.withMaxBytes(1 << 20);
        assertThat(plan(new ProbedModel(10_000, 10).withRowBytes(64 << 10), megabyte)
                        .maxRows())
                .isEqualTo(15);
        assertThat(plan(new ProbedModel(10_000, 10).withRowBytes(2 << 20), megabyte)
                        .maxRows())
                .isEqualTo(1);
    }

    @Test
    void aConfiguredMaximumIsNotSearchedButWarmedAndChecked() {
        ProbedModel model = new ProbedModel(10, 1_000_000);

        BatchPlan plan = plan(model, STANDARD.withFixedRows(24));

        assertThat(plan.maxRows()).isEqualTo(24);
        assertThat(plan.reason()).isEqualTo("batches of up to 24 rows: as configured");
        assertThat(plan.buckets()).extracting(Bucket::rows).containsExactly(1, 2, 4, 8, 16, 24);
        assertThat(model.runRows).contains(1, 2, 4, 8, 16, 24);

        BatchPlan refused = plan(new ProbedModel(10, 10).leaking(0.1), STANDARD.withFixedRows(24));
        assertThat(refused.maxRows()).isEqualTo(1);
    }

    @Test
    void noMoreRowsAreTriedThanSomebodyAllows() {
        ProbedModel model = new ProbedModel(10_000, 40).failingFrom(9);

        BatchPlan plan = plan(model, STANDARD.withMostRows(8));

        assertThat(plan.maxRows()).isEqualTo(8);
        assertThat(plan.reason()).isEqualTo("batches of up to 8 rows: the most that are tried");
        assertThat(plan(new ProbedModel(10, 10), STANDARD.withFixedRows(24).withMostRows(8))
                        .maxRows())
                .isEqualTo(8);
    }

    @Test
    void aModelWhoseAnswersDependOnNeighboursIsNotBatched() {
        BatchPlan plan = plan(new ProbedModel(10_000, 40).leaking(0.001), STANDARD);

        assertThat(plan.maxRows()).isEqualTo(1);
        assertThat(plan.largestDifference()).isBetween(1e-4, 1.0);
        assertThat(plan.reason())
                .matches("not batched: answers depend on neighbours"
                        + " \\(largest relative difference \\d\\.\\de-\\d\\d\\)");
    }

    @Test
    void unlessThatIsAllowed() {
        BatchPlan plan = plan(new ProbedModel(10_000, 40).leaking(0.001), STANDARD.allowingVariance());

        assertThat(plan.maxRows()).isEqualTo(256);
        assertThat(plan.reason()).startsWith("batches of up to 256 rows, though answers depend on neighbours (");
    }

    @Test
    void roundingIsNoDependence() {
        BatchPlan plan = plan(new ProbedModel(10_000, 40).leaking(1e-9), STANDARD);

        assertThat(plan.maxRows()).isEqualTo(256);
        assertThat(plan.largestDifference()).isLessThan(1e-6);
    }

    @Test
    void noNumberIsAsGoodAnAnswerAsAnyIfItIsTheSameAlone() {
        BatchPlan plan = plan(new ProbedModel(10_000, 40).answeringNan(), STANDARD);

        assertThat(plan.maxRows()).isEqualTo(256);
        assertThat(plan.largestDifference()).isZero();
    }

    @Test
    void aModelThatFailsInCompanyIsNotBatched() {
        BatchPlan plan = plan(new ProbedModel(10_000, 40).failingFrom(16), STANDARD);

        assertThat(plan.maxRows()).isEqualTo(1);
        assertThat(plan.reason()).isEqualTo("not batched: a trial run failed: no such place in the table");
        assertThat(plan.buckets()).as("nothing that it could be trusted with").isEmpty();
    }

    @Test
    void aModelThatAlwaysFailsSaysSo() {
        BatchPlan plan = plan(new ProbedModel(10_000, 40).failingFrom(0), STANDARD);

        assertThat(plan.maxRows()).isEqualTo(1);
        assertThat(plan.singleNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aModelThatTakesOnlyZerosIsTriedWithZeros() {
        BatchPlan plan = plan(new ProbedModel(10_000, 40).accepting(0), STANDARD);

        assertThat(plan.maxRows()).isEqualTo(256);
    }

    private static BatchPlan plan(ProbedModel model, ProbeLimits limits) {
        BatchPlan plan = ModelProbe.plan(model, limits, model.clock());
        assertThat(model.unreleased).as("outputs still held").isZero();
        assertThat(model.openRunners).as("runners still open").isZero();
        return plan;
    }
}
