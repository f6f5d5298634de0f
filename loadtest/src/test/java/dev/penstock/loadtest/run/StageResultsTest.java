package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.engine.Extent;
import dev.penstock.loadtest.engine.LoadPlan;
import dev.penstock.loadtest.engine.LoadResult;
import dev.penstock.loadtest.engine.Pacing;
import dev.penstock.loadtest.engine.Pacing.Spacing;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.engine.Protocol;
import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.Steadiness.Settling;
import dev.penstock.loadtest.scenario.Load;
import dev.penstock.loadtest.scenario.Overrides;
import dev.penstock.loadtest.scenario.Scenario;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class StageResultsTest {
    private static Histogram millis(long first, int firstCount, long second, int secondCount) {
        Histogram nanos = Samples.histogram();
        nanos.recordValueWithCount(TimeUnit.MILLISECONDS.toNanos(first), firstCount);
        nanos.recordValueWithCount(TimeUnit.MILLISECONDS.toNanos(second), secondCount);
        return nanos;
    }

    /// 100 requests of an open loop that were answered 10 ms after they were sent.
    private static StageResult stage(Histogram clientLag, Histogram placeWait) {
        Scenario scenario = Scenario.read("mix: {model: m}", Path.of(""), new Overrides());
        LoadPlan plan = LoadPlan.to(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                        Protocol.GRPC_UNARY,
                        List.of(Payload.of("/a/b", Map.of(), new byte[0])))
                .pacing(new Pacing.OpenLoop(100, Spacing.CONSTANT, 1000, 1))
                .extent(new Extent.During(Duration.ZERO, Duration.ofSeconds(1)))
                .build();
        Histogram service = millis(10, 100, 0, 0);
        LoadResult result = new LoadResult(
                plan,
                Duration.ofSeconds(1),
                100,
                Map.of(),
                0,
                0,
                0,
                Map.of(),
                service,
                Samples.histogram(),
                millis(0, 70, 50, 30),
                clientLag,
                placeWait,
                service,
                0.1,
                Duration.ofMillis(1),
                0,
                0,
                List.of(),
                List.of());
        return new StageResults(scenario)
                .of(
                        "100/s",
                        new Load.Rate(100, Spacing.CONSTANT),
                        Map.of(),
                        result,
                        scenario.tempo(),
                        null,
                        null,
                        Settling.NONE);
    }

    @Test
    void whatWaitedForAPlaceIsBoundByPlaces() {
        StageResult stage = stage(millis(0, 100, 0, 0), millis(0, 10, 50, 30));

        assertThat(stage.client().waitedShare()).isEqualTo(0.3);
        assertThat(stage.client().isBoundByPlaces()).isTrue();
        assertThat(stage.client().lateShare()).isZero();
    }

    @Test
    void whatWasSentLateForAnotherReasonIsNot() {
        StageResult stage = stage(millis(0, 70, 50, 30), Samples.histogram());

        assertThat(stage.client().waitedShare()).isZero();
        assertThat(stage.client().lateShare()).isEqualTo(0.3);
    }
}
