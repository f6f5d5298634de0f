package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class H2LoadTest {
    @Test
    void readsWhatItSaysAtItsEnd() {
        H2Load.Outcome outcome = H2Load.parse(List.of(
                "starting benchmark...",
                "finished in 2.00s, 151322.50 req/s, 14.43MB/s",
                "requests: 302645 total, 302901 started, 302645 done, 302640 succeeded, 3 failed, 1 errored, 1 timeout",
                "status codes: 302640 2xx, 0 3xx, 0 4xx, 0 5xx"));

        assertThat(outcome).isEqualTo(new H2Load.Outcome(151_322.5, 302_640, 5));
    }

    @Test
    void countsWhatOnlyGrpcCallsAnError() {
        H2Load.Outcome outcome = new H2Load.Outcome(1, 100, 0);

        assertThat(outcome.errors(103))
                .as("more were right: some were answered when it had ended")
                .isEmpty();
        assertThat(outcome.errors(90)).isEqualTo(Map.of("FAILED", 0L, "NOT_OK", 10L));
    }

    @Test
    void saysSoIfItDoesNotSayWhatCounts() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> H2Load.parse(List.of("starting benchmark...")))
                .withMessageContaining("starting benchmark...");
    }
}
