package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FaultLogTest {
    private static final Fault LATENCY = new Fault("latency-p99", "canary", "canary: -3 in slot 80 (expected: >= 0)");

    @Test
    void whatCannotBeJudgedIsToldOnceUntilItCouldBe() {
        FaultLog log = new FaultLog();
        assertThat(log.news(List.of())).isEmpty();
        assertThat(log.news(List.of(LATENCY))).containsExactly(LATENCY);

        Fault errors = new Fault("errors", "canary", "canary: -1 in slot 0 (expected: >= 0)");
        Fault more = new Fault("latency-p99", "canary", "canary: -4 in slot 80 (expected: >= 0)");
        assertThat(log.news(List.of(more, errors)))
                .as("the same with another number")
                .containsExactly(errors);
        assertThat(log.news(List.of())).isEmpty();
        assertThat(log.news(List.of(more))).as("again").containsExactly(more);
    }
}
