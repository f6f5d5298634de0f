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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client that has no processor for most of the time, by its own clock and so on any machine: that goes on by
/// 10 us whenever the client looks, and once by 600 ms.
@Timeout(120)
class SaturatedClientTest {
    private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(10);
    private static final long HELD_FROM_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

    private final AtomicLong clock = new AtomicLong();

    private long later() {
        return clock.updateAndGet(nanos -> {
            long next = nanos + STEP_NANOS;
            return nanos < HELD_FROM_NANOS && next >= HELD_FROM_NANOS ? next + HELD_NANOS : next;
        });
    }

    private StageResult stage(OipServer server) {
        Scenario scenario = Scenario.read("""
                target: %s
                mix: [{model: sum}]
                connections: 1
                warm-up: 0s
                duration: 1s
                loads:
                  - rate: 1000
                """.formatted(server.grpcUrl()), Path.of(""), new Overrides());
        try (Target target =
                Target.open(Endpoint.parse("target", server.grpcUrl()), scenario.protocol(), TargetOptions.DEFAULT)) {
            List<Payload> payloads =
                    target.payloads("sum", "", InputPlan.builder().build());
            StageRunner runner = new StageRunner(scenario, target, payloads, this::later, new SilentView(), new Stop());
            return runner.run(scenario.loads().getFirst(), scenario.tempo(), Map.of())
                    .orElseThrow();
        }
    }

    /// More than half of the requests were due while it was held up. What is late for a request depends on how
    /// long the server takes, here two seconds at most: then it is 100 ms.
    @Test
    void anOpenLoopWhoseClientIsTooSlowIsNotValid() {
        try (OipServer server = new OipServer()) {
            StageResult stage = stage(server);

            assertThat(stage.client().lateShare()).isGreaterThan(0.4);
            assertThat(stage.validity().isValid()).isFalse();
            assertThat(stage.validity().reasons()).anyMatch(reason -> reason.startsWith("The client noticed "));
        }
    }
}
