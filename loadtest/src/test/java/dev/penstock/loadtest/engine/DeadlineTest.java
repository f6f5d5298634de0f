package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of requests that have no answer when it would still be worth something.
@Timeout(120)
class DeadlineTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration PASSED_AT_ONCE = Duration.ofNanos(1);

    private static LoadResult run(LoadPlan.Builder plan, long requests) {
        LoadPlan counted = plan.extent(new Extent.Requests(0, requests)).build();
        return new LoadRun(System::nanoTime).run(counted, PhaseObserver.NONE);
    }

    @Test
    void aCallWithoutAnswerIsGivenUpAtItsDeadline() {
        try (InferServer server = new InferServer()) {
            Payload silent = InferPayloads.unary(InferServer.request(InferServer.SILENT, 16));

            LoadResult result = run(
                    LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(silent))
                            .streams(3)
                            .deadline(SHORT),
                    9);

            assertThat(result.errors()).isEqualTo(Map.of("DEADLINE_EXCEEDED", 9L));
            assertThat(result.reconnects()).isZero();
        }
    }

    /// A loop that looks at the clock more than a few times in each millisecond waits awake: it would take a
    /// core, and be called the bottleneck.
    @Test
    void aClosedLoopSleepsHoweverShortItsDeadlineIs() {
        AtomicLong looks = new AtomicLong();
        LongSupplier clock = () -> {
            looks.incrementAndGet();
            return System.nanoTime();
        };
        try (InferServer server = new InferServer()) {
            Payload silent = InferPayloads.unary(InferServer.request(InferServer.SILENT, 16));
            LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(silent))
                    .deadline(Duration.ofMillis(5))
                    .extent(new Extent.Requests(0, 100))
                    .build();
            long from = System.nanoTime();

            LoadResult result = new LoadRun(clock).run(plan, PhaseObserver.NONE);

            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
            assertThat(result.errors()).isEqualTo(Map.of("DEADLINE_EXCEEDED", 100L));
            assertThat(looks.get()).isLessThan(1000 + 20 * millis);
        }
    }

    @Test
    void anAnswerThatComesTooLateIsNone() {
        try (InferServer server = new InferServer()) {
            Payload echo = InferPayloads.streamed(InferServer.request(InferServer.ECHO, 16));

            LoadResult result = run(
                    LoadPlan.to(server.address(), Protocol.GRPC_STREAM, List.of(echo))
                            .inFlight(4)
                            .deadline(PASSED_AT_ONCE),
                    20);

            assertThat(result.errors()).isEqualTo(Map.of("DEADLINE_EXCEEDED", 20L));
            assertThat(result.latency().getTotalCount()).isZero();
        }
    }

    @Test
    void overHttpTheConnectionIsClosedAtTheDeadlineAndTheNextRequestHasANewOne() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.setExecutor(threads);
            server.start();

            LoadPlan.Builder plan = LoadPlan.to(
                            server.getAddress(), Protocol.HTTP, List.of(Payload.of("/", Map.of(), new byte[] {1})))
                    .connections(2)
                    .deadline(SHORT);
            LoadResult result;
            try {
                result = run(plan, 8);
            } finally {
                over.countDown();
                server.stop(0);
            }

            assertThat(result.errors()).isEqualTo(Map.of("DEADLINE_EXCEEDED", 8L));
            assertThat(result.reconnects()).isGreaterThanOrEqualTo(6);
            assertThat(asked).hasValueLessThanOrEqualTo(8);
        }
    }
}
