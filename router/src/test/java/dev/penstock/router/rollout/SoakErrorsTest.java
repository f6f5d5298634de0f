package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A version that has all requests, at an objective of 5 % and a ratio of 1.25.
final class SoakErrorsTest {
    private static ArmCounts counts(long requests, double failing) {
        long failed = Math.round(failing * (double) requests);
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[100] = requests - failed;
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(buckets, 0), LatencySnapshot.EMPTY)
                .latencyOnce(LatencySnapshot.of(buckets, 0))
                .failed(failed)
                .once(requests, failed)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        // share before, share alone, passes, fails
        "0.01, 0.01, true, false",
        "0.001, 0.04, false, false",
        "0.001, 0.006, true, false",
        "0.01, 0.04, true, false",
        "0.01, 0.07, false, true",
        "0.08, 0.08, false, false",
        "0.08, 0.04, true, false",
        "0.08, 0.14, false, true"
    })
    void passesByTheObjectiveIfThatIsNotFarAboveWhatWasAndFailsByBoth(
            double before, double alone, boolean passes, boolean fails) {
        Soak soak = new Soak(counts(20_000, alone), counts(20_000, before));
        SoakErrors errors = SoakErrors.of(soak, 1.25, 0.01, 0.05, 0.05);
        assertThat(errors.passes()).isEqualTo(passes);
        assertThat(errors.fails()).isEqualTo(fails);
        assertThat(errors.detail()).contains("objective: 5.00%");
    }
}
