package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests to the JDK's HTTP server, which sends back what it gets.
@Timeout(400)
class HttpTest {
    private final Queue<Map<String, List<String>>> headers = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            headers.add(exchange.getRequestHeaders());
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/status/")) {
                exchange.sendResponseHeaders(Integer.parseInt(path.substring("/status/".length())), -1);
                return;
            }
            if (path.equals("/closing")) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(200, path.equals("/chunked") ? 0 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                for (int at = 0; at < body.length; at += 7000) {
                    out.write(body, at, Math.min(7000, body.length - at));
                    out.flush();
                }
            }
        }
    }

    private static Payload payload(String path, int bytes) {
        byte[] body = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            body[i] = (byte) (i % 251);
        }
        return Payload.of(path, Map.of("content-type", "application/json"), body)
                .expecting(AnswerCheck.exactly(body));
    }

    private LoadPlan.Builder plan(Payload... payloads) {
        return LoadPlan.to(server.getAddress(), Protocol.HTTP, List.of(payloads))
                .verifyEvery(1)
                .timeout(Duration.ofMinutes(2));
    }

    private static LoadResult run(LoadPlan.Builder plan, long requests) {
        LoadPlan counted = plan.extent(new Extent.Requests(0, requests)).build();
        return new LoadRun(System::nanoTime).run(counted, PhaseObserver.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plain", "/chunked"})
    void everyAnswerIsReadToItsEnd(String path) {
        LoadResult result = run(
                plan(payload(path, 1), payload(path, 30_000), payload(path, 700_000))
                        .connections(4),
                120);

        assertThat(result.errors()).isEmpty();
        assertThat(result.verified()).isEqualTo(120);
        assertThat(headers).hasSize(120);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 429, 503})
    void aFailureIsCountedByItsStatus(int status) {
        LoadResult result = run(plan(payload("/status/" + status, 1)).connections(2), 10);

        assertThat(result.errors()).isEqualTo(Map.of("HTTP " + status, 10L));
        assertThat(result.rejected()).isEqualTo(status == 429 ? 10 : 0);
    }

    @Test
    void aServerThatClosesAfterEachAnswerIsAskedAgain() {
        LoadResult result = run(plan(payload("/closing", 10)), 4);

        assertThat(result.errors()).isEmpty();
        assertThat(result.succeeded()).isEqualTo(4);
        assertThat(result.reconnects()).isBetween(3L, 4L);
    }

    @Test
    void headersReachTheServer() {
        LoadResult result = run(plan(payload("/plain", 10)).headers(Map.of("x-tenant", "blue")), 3);

        assertThat(result.errors()).isEmpty();
        assertThat(headers).allSatisfy(seen -> {
            assertThat(seen.get("X-tenant")).containsExactly("blue");
            assertThat(seen.get("Content-type")).containsExactly("application/json");
            assertThat(seen.get("Host"))
                    .containsExactly("127.0.0.1:" + server.getAddress().getPort());
        });
    }

    @Test
    void askReturnsTheBody() {
        byte[] answer = new LoadRun(System::nanoTime)
                .ask(plan(payload("/chunked", 20_000)).build());

        assertThat(answer).isEqualTo(payload("/chunked", 20_000).body());
    }

    @Test
    void eachRequestHasANumberAndAUnitOfItsOwn() {
        Payload large = payload("/plain", 700_000).withHeaders(Map.of("x-n", "n{n}"));
        Payload small = payload("/plain", 1).withHeaders(Map.of("x-unit", "user-{unit:20}"));

        LoadResult result = run(
                plan(large, small)
                        .headers(Map.of("x-all", "{n}"))
                        .connections(3)
                        .inFlight(2)
                        .threads(2),
                120);

        assertThat(result.errors()).isEmpty();
        assertThat(sent("X-all")).hasSize(120).doesNotHaveDuplicates().allMatch(text -> text.matches("0{7}\\d{3}"));
        assertThat(sent("X-n")).hasSize(60).doesNotHaveDuplicates().allMatch(text -> text.matches("n0{7}\\d{3}"));
        assertThat(sent("X-unit")).hasSize(60).allMatch(text -> text.matches("user-[01]\\d"));
        assertThat(Set.copyOf(sent("X-unit"))).hasSizeGreaterThan(10);
    }

    private List<String> sent(String name) {
        return headers.stream()
                .flatMap(each -> each.getOrDefault(name, List.of()).stream())
                .toList();
    }
}
