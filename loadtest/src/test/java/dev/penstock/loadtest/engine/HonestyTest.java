package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whether the engine tells the truth about servers of which it is known: over real sockets, and held only
/// against what those servers measured themselves.
@Timeout(120)
class HonestyTest {
    private static final String NO_SETTINGS = "";
    private static final long STALL = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Payload PAYLOAD =
            Payload.of("/a.B/C", Map.of(), new byte[] {1, 2, 3}).expecting(AnswerCheck.exactly(new byte[] {1, 2, 3}));

    private static void answer(int stream, OutputStream out) throws IOException {
        // Room for as much as came.
        out.write(FrameServer.frame(H2.WINDOW_UPDATE, 0, 0, "00000008"));
        FrameServer.answerOk(stream, out);
    }

    private static LoadPlan.Builder plan(FrameServer server) {
        return LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(PAYLOAD));
    }

    /// Answers at once, but once it does nothing for a second.
    private static FrameServer stallingAt(int request, AtomicLong stalledNanos) throws IOException {
        AtomicInteger seen = new AtomicInteger();
        return new FrameServer(NO_SETTINGS, (connection, stream, out) -> {
            if (seen.incrementAndGet() == request) {
                long from = System.nanoTime();
                while (System.nanoTime() - from < STALL) {
                    LockSupport.parkNanos(STALL - (System.nanoTime() - from));
                }
                stalledNanos.set(System.nanoTime() - from);
            }
            answer(stream, out);
        });
    }

    /// At 1,000 requests per second, a second's stall falls on a thousand of five thousand requests: of all,
    /// one in twenty waits for 750 ms or longer, one in a hundred for 950 ms. Who waits for an answer before
    /// asking again sends one request into the stall, and believes that the server is fast.
    @Test
    void anOpenLoopShowsAStallThatAClosedLoopHides() throws IOException {
        AtomicLong stall = new AtomicLong();
        LoadResult open;
        try (FrameServer server = stallingAt(2000, stall)) {
            open = new LoadRun(System::nanoTime)
                    .run(
                            plan(server)
                                    .streams(64)
                                    .pacing(new Pacing.OpenLoop(1000, Pacing.Spacing.CONSTANT, 1 << 16, 1))
                                    .extent(new Extent.During(Duration.ZERO, Duration.ofSeconds(5)))
                                    .build(),
                            PhaseObserver.NONE);
        }
        AtomicLong hiddenStall = new AtomicLong();
        LoadResult closed;
        try (FrameServer server = stallingAt(2000, hiddenStall)) {
            closed = new LoadRun(System::nanoTime)
                    .run(plan(server).extent(new Extent.Requests(0, 5_000)).build(), PhaseObserver.NONE);
        }

        assertThat(open.succeeded()).isEqualTo(5_000);
        assertThat(open.latency().getValueAtPercentile(99)).isGreaterThanOrEqualTo(850 * MILLI);
        assertThat(open.latency().getValueAtPercentile(95)).isGreaterThanOrEqualTo(650 * MILLI);
        assertThat(open.latency().getMaxValue()).isGreaterThanOrEqualTo(stall.get() - MILLI);
        // All but 64 of the requests that were due in the stall were sent when it was over.
        assertThat(open.sendLag().getValueAtPercentile(99)).isGreaterThanOrEqualTo(700 * MILLI);
        assertThat(closed.succeeded()).isEqualTo(5_000);
        assertThat(closed.latency().getMaxValue()).isGreaterThanOrEqualTo(hiddenStall.get());
        assertThat(closed.latency().getCountBetweenValues(hiddenStall.get(), Long.MAX_VALUE / 2))
                .isLessThan(100);
        assertThat(closed.latency().getValueAtPercentile(99)).isLessThan(hiddenStall.get());
    }

    /// Time is the server's here: it passes only while a request is served, by as much as its service takes,
    /// so that whatever else the machine does is not measured.
    @Test
    void aKnownServiceTimeIsMeasuredAsItIs() throws IOException {
        AtomicLong clock = new AtomicLong(7);
        Random random = new Random(20261121);
        Histogram served = new ConcurrentHistogram(Tally.MAX_NANOS, Tally.DIGITS);
        LoadResult result;
        try (FrameServer server = new FrameServer(NO_SETTINGS, (connection, stream, out) -> {
            long nanos = (long) (Math.exp(random.nextGaussian() * 0.7) * 8e6);
            served.recordValue(nanos);
            clock.addAndGet(nanos);
            answer(stream, out);
        })) {
            LoadPlan plan = plan(server).extent(new Extent.Requests(0, 5000)).build();
            result = new LoadRun(clock::get).run(plan, PhaseObserver.NONE);
        }

        assertThat(result.succeeded()).isEqualTo(5000).isEqualTo(served.getTotalCount());
        for (double percentile : new double[] {50, 99}) {
            double known = (double) served.getValueAtPercentile(percentile);
            assertThat((double) result.latency().getValueAtPercentile(percentile))
                    .as("p%s", percentile)
                    .isCloseTo(known, within(0.05 * known));
        }
    }

    /// Time passes by 10 us whenever the client looks, and once by half a second: it was held up itself, over
    /// the ends of several windows.
    @Test
    void whatTheClientNoticesLateItSaysWhateverWindowsEndedMeanwhile() throws IOException {
        AtomicLong clock = new AtomicLong(7);
        LoadResult result;
        try (FrameServer server = new FrameServer(NO_SETTINGS, (connection, stream, out) -> answer(stream, out))) {
            LoadPlan plan = plan(server)
                    .streams(64)
                    .window(Duration.ofMillis(100))
                    .pacing(new Pacing.OpenLoop(1000, Pacing.Spacing.CONSTANT, 1 << 16, 1))
                    .extent(new Extent.During(Duration.ZERO, Duration.ofSeconds(1)))
                    .build();
            result = new LoadRun(() -> clock.updateAndGet(HonestyTest::later)).run(plan, PhaseObserver.NONE);
        }

        assertThat(result.succeeded()).isEqualTo(1000);
        assertThat(result.clientLag().getTotalCount()).isEqualTo(1000);
        assertThat(result.clientLag().getMaxValue()).isGreaterThanOrEqualTo(490 * MILLI);
        assertThat(result.clientLag().getCountBetweenValues(150 * MILLI, Tally.MAX_NANOS))
                .isBetween(340L, 360L);
    }

    private static long later(long nanos) {
        long step = MILLI / 100;
        return nanos + (nanos < 300 * MILLI && nanos + step >= 300 * MILLI ? 500 * MILLI : step);
    }

    /// A server that answers a tenth of what it is asked in time, and the rest when nothing more is asked.
    @Test
    void whatComesAfterTheMeasuredTimeIsNotAchievedInIt() throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger seen = new AtomicInteger();
        LoadResult result;
        try (FrameServer server = new FrameServer(NO_SETTINGS, (connection, stream, out) -> {
            if (seen.incrementAndGet() > 100) {
                try {
                    ended.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            answer(stream, out);
        })) {
            LoadPlan plan = plan(server)
                    .streams(64)
                    .pacing(new Pacing.OpenLoop(1000, Pacing.Spacing.CONSTANT, 1 << 16, 1))
                    .extent(new Extent.During(Duration.ZERO, Duration.ofSeconds(1)))
                    .build();
            result = new LoadRun(System::nanoTime).run(plan, new PhaseObserver() {
                @Override
                public void measuringBegan(long nowNanos) {
                    // It is the end that matters.
                }

                @Override
                public void measuringEnded(long nowNanos) {
                    ended.countDown();
                }
            });
        }

        assertThat(result.succeeded()).isEqualTo(1000);
        assertThat(result.perSecond()).isLessThanOrEqualTo(100);
        assertThat(result.windows().stream().mapToLong(LoadWindow::succeeded).sum())
                .isEqualTo((long) result.perSecond());
    }

    @Test
    void noRequestIsFasterThanTheServerWas() throws IOException {
        Histogram served = new ConcurrentHistogram(Tally.MAX_NANOS, Tally.DIGITS);
        Random random = new Random(20261121);
        LoadResult result;
        try (FrameServer server = new FrameServer(NO_SETTINGS, (connection, stream, out) -> {
            long from = System.nanoTime();
            long nanos = (long) (-Math.log1p(-random.nextDouble()) * 2e6);
            while (System.nanoTime() - from < nanos) {
                Thread.onSpinWait();
            }
            served.recordValue(System.nanoTime() - from);
            answer(stream, out);
        })) {
            LoadPlan plan = plan(server).extent(new Extent.Requests(0, 500)).build();
            result = new LoadRun(System::nanoTime).run(plan, PhaseObserver.NONE);
        }

        for (double percentile : new double[] {1, 50, 90, 99, 100}) {
            assertThat(result.latency().getValueAtPercentile(percentile))
                    .as("p%s", percentile)
                    .isGreaterThanOrEqualTo(served.getValueAtPercentile(percentile));
        }
    }
}
