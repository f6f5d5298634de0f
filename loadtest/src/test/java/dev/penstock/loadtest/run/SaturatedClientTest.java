package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.input.InputPlan;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.scenario.Overrides;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.stub.OipServer;
import dev.penstock.loadtest.target.Endpoint;
import dev.penstock.loadtest.target.Target;
import dev.penstock.loadtest.target.TargetOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client that is too slow for what it asks, on any machine: it works on each answer for longer than the time
/// from
/// one request to the next.
@Timeout(120)
class SaturatedClientTest {
    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    private static boolean work(ByteBuffer answer) {
        long from = System.nanoTime();
        while (System.nanoTime() - from < WORK_NANOS) {
            Thread.onSpinWait();
        }
        return answer.hasRemaining();
    }

    private static StageResult stage(int rate, int inFlight) {
        try (OipServer server = new OipServer()) {
            Scenario scenario =
                    Scenario.read("""
                    target: %s
                    mix: [{model: sum}]
                    connections: 1
                    timeout: 1s
                    warm-up: 500ms
                    duration: 1s
                    in-flight: %d
                    loads:
                      - rate: %d
                    """.formatted(server.grpcUrl(), inFlight, rate), Path.of(""), new Overrides());
            try (Target target = Target.open(
                    Endpoint.parse("target", server.grpcUrl()), scenario.protocol(), TargetOptions.DEFAULT)) {
                List<Payload> payloads = target
                        .payloads("sum", "", InputPlan.builder().build())
                        .stream()
                        .map(payload -> payload.expecting(SaturatedClientTest::work))
                        .toList();
                StageRunner runner =
                        new StageRunner(scenario, target, payloads, System::nanoTime, new SilentView(), new Stop());
                return runner.run(scenario.loads().getFirst(), scenario.tempo(), Map.of())
                        .orElseThrow();
            }
        }
    }

    @Test
    void anOpenLoopWhoseClientIsTooSlowIsNotValid() {
        // By being busy, by noticing requests late, or both: which of them depends on how fast the server is. Where the
        // machine gave the server too little to keep the client busy at all, the next run is to.
        StageResult stage = stage(400, 64);
        while (stage.validity().isValid()) {
            stage = stage(400, 64);
        }

        assertThat(stage.validity().reasons()).allMatch(reason -> reason.startsWith("The client"));
    }
}
