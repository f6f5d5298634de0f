package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When connections are made anew, by a clock that only the server moves: who waits for longer than it says
/// never comes back.
@Timeout(240)
class LostConnectionsTest {
    private static final Payload PAYLOAD = Payload.of("/a.B/C", Map.of(), new byte[10]);

    private final AtomicLong clock = new AtomicLong(7);

    private LoadResult run(FrameServer server, int connections, long requests) {
        LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(PAYLOAD))
                .connections(connections)
                .extent(new Extent.Requests(0, requests))
                .build();
        return new LoadRun(clock::get).run(plan, PhaseObserver.NONE);
    }

    @Test
    void afterAGoodbyeANewOneIsMadeAtOnce() throws IOException {
        AtomicInteger answered = new AtomicInteger();
        LoadResult result;
        try (FrameServer server = new FrameServer("", (connection, stream, out) -> {
            if (answered.incrementAndGet() % 10 == 0) {
                out.write(FrameServer.frame(H2.GOAWAY, 0, 0, "7fffffff00000000"));
            }
            FrameServer.answerOk(stream, out);
        })) {
            result = run(server, 1, 35);
        }

        assertThat(result.succeeded()).isEqualTo(35);
        assertThat(result.errors()).isEmpty();
        assertThat(result.lostConnections()).isEqualTo(Map.of("the server said goodbye", 3L));
    }

    /// Time passes only in the server: 60 ms for each of four requests that are due at once and have one place.
    private LoadResult burst(FrameServer server) {
        LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(PAYLOAD))
                .pacing(new Pacing.Recorded(ArrivalTimes.of(new long[4]), false, 4))
                .extent(new Extent.Requests(0, 4))
                .build();
        return new LoadRun(clock::get).run(plan, PhaseObserver.NONE);
    }

    private void serve() {
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(60));
    }

    @Test
    void whatWaitsForAPlaceIsCounted() throws IOException {
        LoadResult result;
        try (FrameServer server = new FrameServer("", (connection, stream, out) -> {
            serve();
            FrameServer.answerOk(stream, out);
        })) {
            result = burst(server);
        }

        assertThat(result.succeeded()).isEqualTo(4);
        assertThat(result.placeWait().getTotalCount()).isEqualTo(3);
        assertThat(result.placeWait().getMinValue()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(59));
        assertThat(result.placeWait().getMaxValue()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(179));
    }

    /// Who waits for a connection does not do so because there are too few places.
    @Test
    void whatWaitsForAConnectionDoesNotWaitForAPlace() throws IOException {
        LoadResult result;
        try (FrameServer server = new FrameServer("", (connection, stream, out) -> {
            serve();
            if (connection == 0) {
                throw new IOException("cut");
            }
            FrameServer.answerOk(stream, out);
        })) {
            result = burst(server);
        }

        assertThat(result.errors()).isEqualTo(Map.of("CONNECTION_LOST", 1L));
        assertThat(result.succeeded()).isEqualTo(3);
        assertThat(result.sendLag().getMaxValue()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(179));
        assertThat(result.placeWait().getTotalCount()).isZero();
    }

    /// Both were made at the same time and are cut 30 ms and 60 ms later.
    @Test
    void eachIsMadeAnewInItsOwnTime() throws IOException {
        LoadResult result;
        try (FrameServer server = new FrameServer("", (connection, stream, out) -> {
            if (connection < 2) {
                clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(30));
                throw new IOException("cut");
            }
            FrameServer.answerOk(stream, out);
        })) {
            result = run(server, 2, 8);
        }

        assertThat(result.succeeded()).isEqualTo(6);
        assertThat(result.errors()).isEqualTo(Map.of("CONNECTION_LOST", 2L));
        assertThat(result.reconnects()).isEqualTo(2);
    }
}
