package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grpc.Metadata;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of requests of an open loop whose deadline passes while they wait in the client: it counts from
/// when they were due, as latency does.
@Timeout(120)
class OverdueTest {
    private static final int ALL = 20;
    private static final Metadata.Key<String> TIMEOUT =
            Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

    /// All are due at once, and one may be under way.
    private static LoadPlan.Builder burst(InferServer server, int requests, Payload... payloads) {
        return LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(payloads))
                .pacing(new Pacing.Recorded(ArrivalTimes.of(new long[requests]), false, requests))
                .extent(new Extent.Requests(0, requests));
    }

    @Test
    void whatIsPastBeforeItCouldBeSentIsNotSent() {
        try (InferServer server = new InferServer()) {
            Payload silent = InferPayloads.unary(InferServer.request(InferServer.SILENT, 16))
                    .inGroup("all of them");
            LoadPlan plan = burst(server, ALL, silent)
                    .deadline(Duration.ofMillis(50))
                    .breakdown(List.of("x-version"))
                    .build();

            LoadResult result = new LoadRun(System::nanoTime).run(plan, PhaseObserver.NONE);

            Map<String, Long> errors = Map.of("DEADLINE_EXCEEDED", (long) ALL);
            assertThat(result.errors()).isEqualTo(errors);
            assertThat(result.overflowed()).isZero();
            // Only the first has a place in flight before the deadline of all has passed.
            assertThat(server.ids).hasSizeLessThanOrEqualTo(1);
            assertThat(result.sendLag().getTotalCount()).isLessThanOrEqualTo(1);
            assertThat(result.parts())
                    .extracting(LoadPart::kind, LoadPart::value, LoadPart::errors)
                    .containsExactly(tuple(LoadPart.MIX, "all of them", errors), tuple("x-version", "", errors));
        }
    }

    /// Time passes only in the server: 100 s for each request, one after the other.
    @Test
    void aDeadlineCountsFromWhenARequestWasDueAndTheServerIsToldWhatIsLeft() {
        AtomicLong clock = new AtomicLong(7);
        try (InferServer server = new InferServer()) {
            server.served = () -> clock.addAndGet(TimeUnit.SECONDS.toNanos(100));
            Payload echo = InferPayloads.unary(InferServer.request(InferServer.ECHO, 16));
            LoadPlan plan = burst(server, 4, echo)
                    .deadline(Duration.ofSeconds(250))
                    .timeout(Duration.ofMinutes(10))
                    .window(Duration.ofMinutes(10))
                    .build();

            LoadResult result = new LoadRun(clock::get).run(plan, PhaseObserver.NONE);

            // The third has its answer 100 s after it was sent and 300 s after it was due; the fourth is not sent.
            assertThat(result.succeeded()).isEqualTo(2);
            assertThat(result.errors()).isEqualTo(Map.of("DEADLINE_EXCEEDED", 2L));
            assertThat(server.headers.stream().map(headers -> headers.get(TIMEOUT)))
                    .containsExactly("00250000m", "00150000m", "00050000m");
            assertThat(result.sendLag().getTotalCount()).isEqualTo(3);
        }
    }

    /// Time passes only in the server: 150 ms for each request. The first is answered, the second is under way
    /// and the third waits when the run gives up.
    @Test
    void whatIsUnfinishedInTheEndIsCountedInPartsToo() {
        AtomicLong clock = new AtomicLong(7);
        try (InferServer server = new InferServer()) {
            server.served = () -> clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(150));
            Payload echo = InferPayloads.unary(InferServer.request(InferServer.ECHO, 16))
                    .inGroup("echo");
            Payload silent = InferPayloads.unary(InferServer.request(InferServer.SILENT, 16))
                    .inGroup("silent");
            LoadPlan plan = burst(server, 3, echo, silent)
                    .timeout(Duration.ofMillis(200))
                    .breakdown(List.of("x-version"))
                    .build();

            LoadResult result = new LoadRun(clock::get).run(plan, PhaseObserver.NONE);

            assertThat(result.errors()).isEqualTo(Map.of("UNFINISHED", 2L));
            assertThat(result.parts())
                    .extracting(LoadPart::value, LoadPart::succeeded, LoadPart::errors)
                    .containsExactly(
                            tuple("echo", 1L, Map.of("UNFINISHED", 1L)),
                            tuple("silent", 0L, Map.of("UNFINISHED", 1L)),
                            tuple("", 1L, Map.of("UNFINISHED", 2L)));
            assertThat(result.sendLag().getTotalCount()).isEqualTo(2);
        }
    }
}
