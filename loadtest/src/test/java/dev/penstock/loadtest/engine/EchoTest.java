package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whole runs against the echo: windows, parts, mixes and all kinds of pacing.
@Timeout(120)
class EchoTest {
    private final LoadRun run = new LoadRun(System::nanoTime);
    private EchoServer server;

    @BeforeEach
    void start() throws IOException {
        server = new EchoServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofPlatform().daemon().start(() -> {
            try {
                server.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static Payload payload(int bytes) {
        byte[] body = new byte[bytes];
        return Payload.of("/a.B/C", Map.of(), body).expecting(AnswerCheck.exactly(body));
    }

    private LoadPlan.Builder plan(Payload... payloads) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        return LoadPlan.to(address, Protocol.GRPC_UNARY, List.of(payloads)).verifyEvery(1);
    }

    /// Collects windows, and stops the run after some.
    private static final class Watcher implements PhaseObserver {
        final List<LoadWindow> windows = new ArrayList<>();
        final int stopAfter;
        final Thread thread = Thread.currentThread();

        Watcher(int stopAfter) {
            this.stopAfter = stopAfter;
        }

        @Override
        public void measuringBegan(long nowNanos) {}

        @Override
        public void measuringEnded(long nowNanos) {}

        @Override
        public boolean window(LoadWindow window) {
            assertThat(Thread.currentThread()).isSameAs(thread);
            windows.add(window);
            return windows.size() < stopAfter;
        }
    }

    private static void assertAllAreInWindows(LoadResult result) {
        List<LoadWindow> windows = result.windows();
        Duration end = Duration.ZERO;
        for (LoadWindow window : windows) {
            assertThat(window.from()).isEqualTo(end);
            assertThat(window.latency().count()).isEqualTo(window.succeeded());
            end = end.plus(window.length());
        }
        assertThat(windows.stream().mapToLong(LoadWindow::due).sum())
                .isEqualTo(result.succeeded() + result.failed() + result.overflowed());
        assertThat(windows.stream().mapToLong(LoadWindow::overflowed).sum()).isEqualTo(result.overflowed());
        // Answers that came after the end are in none.
        assertThat(windows.stream().mapToLong(LoadWindow::succeeded).sum()).isLessThanOrEqualTo(result.succeeded());
    }

    @Test
    void theMeasuredTimeIsCutIntoWindows() throws IOException {
        Watcher watcher = new Watcher(Integer.MAX_VALUE);

        LoadResult result = run.run(
                plan(payload(100))
                        .connections(3)
                        .streams(4)
                        .threads(2)
                        .window(Duration.ofMillis(150))
                        .extent(new Extent.During(Duration.ofMillis(30), Duration.ofMillis(500)))
                        .build(),
                watcher);

        assertThat(result.errors()).isEmpty();
        assertThat(result.windows()).isEqualTo(watcher.windows);
        assertThat(result.windows().stream().map(LoadWindow::length))
                .containsExactly(
                        Duration.ofMillis(150), Duration.ofMillis(150), Duration.ofMillis(150), Duration.ofMillis(50));
        assertAllAreInWindows(result);
    }

    @Test
    void aRunThatIsToldToStopEndsItsMeasuredTimeThere() throws IOException {
        Watcher watcher = new Watcher(2);

        LoadResult result = run.run(
                plan(payload(100))
                        .connections(2)
                        .streams(4)
                        .threads(2)
                        .window(Duration.ofSeconds(1))
                        .extent(new Extent.During(Duration.ZERO, Duration.ofDays(1)))
                        .build(),
                watcher);

        Duration all = result.windows().stream().map(LoadWindow::length).reduce(Duration.ZERO, Duration::plus);
        assertThat(result.elapsed()).isGreaterThan(Duration.ofSeconds(2)).isLessThan(Duration.ofDays(1));
        assertThat(all).isEqualTo(result.elapsed());
        assertThat(result.errors()).isEmpty();
        assertAllAreInWindows(result);
    }

    @Test
    void anOpenLoopThatIsToldToStopHasWhatWasDueUntilThen() throws IOException {
        LoadResult result = run.run(
                plan(payload(10))
                        .streams(8)
                        .window(Duration.ofSeconds(1))
                        .pacing(new Pacing.OpenLoop(1000, Pacing.Spacing.CONSTANT, 1 << 16, 1))
                        .extent(new Extent.During(Duration.ZERO, Duration.ofDays(1)))
                        .build(),
                new Watcher(1));

        // One at the beginning and one each millisecond, as long as it was.
        assertThat(result.succeeded()).isEqualTo(Math.ceilDiv(result.elapsed().toNanos(), 1_000_000));
        assertThat(result.windows().getFirst().due()).isEqualTo(1000);
        assertAllAreInWindows(result);
    }

    @Test
    void anExtentOfRequestsHasWindowsUntilTheLastAnswerAndCanBeStopped() throws IOException {
        LoadPlan plan = plan(payload(10))
                .streams(2)
                .window(Duration.ofMillis(20))
                .pacing(new Pacing.OpenLoop(1000, Pacing.Spacing.POISSON, 1 << 16, 1))
                .extent(new Extent.Requests(10, 200))
                .build();

        LoadResult whole = run.run(plan, PhaseObserver.NONE);
        LoadResult stopped = run.run(
                plan.but()
                        .window(Duration.ofMillis(500))
                        .extent(new Extent.Requests(10, 1L << 40))
                        .build(),
                new Watcher(1));

        assertThat(whole.succeeded()).isEqualTo(200);
        assertThat(whole.windows().stream().mapToLong(LoadWindow::succeeded).sum())
                .isEqualTo(200);
        assertAllAreInWindows(whole);
        assertThat(stopped.succeeded()).isPositive();
        assertAllAreInWindows(stopped);
    }

    @Test
    void aMixIsCountedByItsGroups() throws IOException {
        Payload wrong = Payload.of("/a.B/C", Map.of(), new byte[5]).expecting(AnswerCheck.exactly(new byte[6]));

        LoadResult result = run.run(
                plan(
                                payload(10).inGroup("small"),
                                wrong.inGroup("wrong"),
                                payload(9000).inGroup("large"))
                        .order(new PayloadOrder.Weighted(Map.of("small", 6.0, "large", 3.0, "wrong", 1.0)))
                        .extent(new Extent.Requests(0, 1000))
                        .build(),
                PhaseObserver.NONE);

        assertThat(result.parts())
                .extracting(LoadPart::kind, LoadPart::value, LoadPart::succeeded, LoadPart::errors)
                .containsExactlyInAnyOrder(
                        tuple("mix", "small", 600L, Map.of()),
                        tuple("mix", "wrong", 0L, Map.of("WRONG_ANSWER", 100L)),
                        tuple("mix", "large", 300L, Map.of()));
        assertThat(result.parts())
                .allSatisfy(part -> assertThat(part.latency().getTotalCount()).isEqualTo(part.succeeded()));
    }

    @Test
    void aHeaderIsCountedByItsValuesOverAllThreads() throws IOException {
        LoadResult result = run.run(
                plan(payload(10))
                        .connections(3)
                        .streams(2)
                        .threads(3)
                        .breakdown(List.of("content-type", "x-penstock-arm"))
                        .extent(new Extent.Requests(0, 100))
                        .build(),
                PhaseObserver.NONE);

        assertThat(result.parts())
                .extracting(LoadPart::kind, LoadPart::value, LoadPart::succeeded)
                .containsExactlyInAnyOrder(
                        tuple("content-type", "application/grpc", 100L), tuple("x-penstock-arm", "", 100L));
    }

    @Test
    void recordedArrivalsAreReplayedAndEndTheRun() throws IOException {
        ArrivalTimes times = ArrivalTimes.of(new long[] {0, 0, 1_000_000, 5_000_000, 5_000_001, 30_000_000});
        LoadPlan.Builder plan = plan(payload(10)).connections(2).streams(3).threads(2);

        LoadResult counted = run.run(
                plan.pacing(new Pacing.Recorded(times, false, 100))
                        .extent(new Extent.Requests(2, 1000))
                        .build(),
                PhaseObserver.NONE);
        LoadResult timed = run.run(
                plan.extent(new Extent.During(Duration.ZERO, Duration.ofMillis(20)))
                        .build(),
                PhaseObserver.NONE);
        LoadResult repeated = run.run(
                plan.pacing(new Pacing.Recorded(times, true, 1000))
                        .extent(new Extent.Requests(0, 600))
                        .build(),
                PhaseObserver.NONE);

        assertThat(counted.succeeded()).isEqualTo(4);
        assertThat(timed.succeeded()).isEqualTo(5);
        assertThat(repeated.succeeded()).isEqualTo(600);
    }

    @Test
    void aRampSendsWhatItsRatesSay() throws IOException {
        LoadResult result = run.run(
                plan(payload(10))
                        .streams(16)
                        .window(Duration.ofMillis(200))
                        .pacing(new Pacing.Ramp(0, 2000, Duration.ofMillis(800), Pacing.Spacing.CONSTANT, 1 << 16, 1))
                        .extent(new Extent.During(Duration.ofMillis(10), Duration.ofMillis(800)))
                        .build(),
                PhaseObserver.NONE);

        assertThat(result.windows().stream().map(LoadWindow::due)).containsExactly(50L, 150L, 250L, 350L);
        assertThat(result.succeeded()).isEqualTo(800);
    }
}
