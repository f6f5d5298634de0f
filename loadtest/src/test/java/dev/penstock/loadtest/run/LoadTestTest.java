package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.run.LoadTest.Outcome;
import dev.penstock.loadtest.run.LoadTest.Verdict;
import dev.penstock.loadtest.scenario.Overrides;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.stub.OipServer;
import dev.penstock.loadtest.target.Endpoint;
import dev.penstock.loadtest.target.Target;
import dev.penstock.loadtest.target.TargetOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class LoadTestTest {
    /// The third stage cannot begin.
    private static final class Faulty extends SilentView {
        private int begun;

        @Override
        public void began(String name, String load) {
            begun++;
            if (begun == 3) {
                throw new LoadException("no connection");
            }
        }
    }

    @Test
    void aSearchThatBreaksOffKeepsItsSteps() {
        try (OipServer server = new OipServer()) {
            Scenario scenario = Scenario.read("""
                    target: %s
                    mix: [{model: sum}]
                    warm-up: 0s
                    duration: 100ms
                    window: 100ms
                    slo: {p99: 1m}
                    search: {from: 50, to: 100}
                    """.formatted(server.grpcUrl()), Path.of(""), new Overrides());
            try (Target target = Target.open(
                    Endpoint.parse("target", server.grpcUrl()), scenario.protocol(), TargetOptions.DEFAULT)) {
                Outcome outcome = new LoadTest(scenario, target, System::nanoTime, new Faulty(), new Stop()).run();

                assertThat(outcome.stages()).extracting(StageResult::name).containsExactly("50/s", "50/s (2)");
                // Whether a step of 100 ms keeps its objective is up to the machine.
                assertThat(outcome.recommended()).isPresent();
                assertThat(outcome.findings()).contains("The test was ended before its time: no connection");
                assertThat(outcome.verdict()).isNotEqualTo(Verdict.GOOD);
            }
        }
    }
}
