package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The log with a sink of events that can be held up.
@Timeout(240)
class PayloadLogTest {
    private static final ModelKey KEY = new ModelKey("digits", 3);

    private final CountDownLatch held = new CountDownLatch(1);
    private final List<Map<String, String>> events = Collections.synchronizedList(new ArrayList<>());
    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger refusals = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer sink;

    @BeforeEach
    void startSink() throws Exception {
        sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sink.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                held.await();
                if (refusals.getAndDecrement() > 0) {
                    exchange.sendResponseHeaders(503, -1);
                    return;
                }
                Map<String, String> headers = new HashMap<>();
                exchange.getRequestHeaders()
                        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
                events.add(headers);
                bodies.add(new String(body, StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(202, -1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        sink.setExecutor(threads);
        sink.start();
    }

    @AfterEach
    void stopSink() {
        held.countDown();
        sink.stop(0);
        threads.shutdownNow();
    }

    private PayloadLog log(double share, long queueBytes) throws Exception {
        PayloadSettings settings = new PayloadSettings(
                Optional.empty(),
                PayloadFormat.JSON,
                1,
                Duration.ofSeconds(1),
                2,
                Optional.of(URI.create("http://127.0.0.1:" + sink.getAddress().getPort() + "/events")),
                Map.of("Authorization", "Bearer x"),
                share,
                List.of(),
                queueBytes,
                List.of("input:secret=drop"),
                List.of("x-user"));
        return new PayloadLog(settings, new byte[16], "/penstock", NanoClock.SYSTEM, () -> Records.TIME);
    }

    private static Tensor floats(String name, int count) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(name, DataType.FP32, Shape.of(1, count), data);
    }

    private static InferenceRequest request(String id, int floats) {
        return new InferenceRequest(
                "digits@stable",
                "",
                id,
                List.of(floats("x", floats)),
                List.of(),
                InferenceRequest.NO_DEADLINE,
                0,
                7,
                0);
    }

    /// Counts outcomes.
    private static final class Answers implements ReplySink {
        final AtomicInteger replies = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();

        @Override
        public void resolved(ModelKey key) {}

        @Override
        public void reply(InferenceReply reply) {
            replies.incrementAndGet();
        }

        @Override
        public void fail(ErrorCode code, String message) {
            failures.incrementAndGet();
        }

        @Override
        public boolean abandoned() {
            return false;
        }

        @Override
        public CharSequence header(String name) {
            return name.equals("x-user") ? "anna" : "";
        }
    }

    private static void infer(PayloadLog log, InferenceRequest request, ReplySink sink) {
        ReplySink around = log.around(request, null, sink);
        around.resolved(KEY);
        around.reply(new InferenceReply(KEY, List.of(floats("y", 2))));
    }

    /// The test's own limit ends this.
    private static void awaitSent(PayloadLog log, long records) {
        while (log.counts().sent() < records) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aFullQueueHoldsNobodyUpAndIsCounted() throws Exception {
        Answers answers = new Answers();
        PayloadLog log = log(1, 64 * 1024);
        try (log) {
            // Nobody takes an event before all are answered: whoever waited for room would wait for ever.
            for (int i = 0; i < 1000; i++) {
                infer(log, request("", 256), answers);
            }
            assertThat(answers.replies).hasValue(1000);
            assertThat(log.counts().kept()).isPositive();
            assertThat(log.counts().dropped()).isPositive();
            assertThat(log.counts().kept() + log.counts().dropped()).isEqualTo(1000);
            assertThat(log.waitingBytes()).isPositive().isLessThanOrEqualTo(64 * 1024);
            held.countDown();
            awaitSent(log, log.counts().kept());
        }
        assertThat(log.counts().sent()).isEqualTo(log.counts().kept());
        assertThat(log.counts().unsent()).isZero();
        assertThat(log.waitingBytes()).isZero();
        assertThat(events).hasSize((int) (2 * log.counts().sent()));
    }

    @Test
    void aRequestAndItsAnswerAreTwoEventsWithOneId() throws Exception {
        held.countDown();
        refusals.set(1);
        try (PayloadLog log = log(1, 1 << 20)) {
            infer(log, request("caf\u00e9 1", 3), new Answers());
            awaitSent(log, 1);
        }
        assertThat(events).hasSize(2);
        assertThat(events.get(0))
                .containsEntry("ce-type", EventSink.REQUEST_TYPE)
                .containsEntry("ce-id", "caf%C3%A9%201")
                .containsEntry("ce-specversion", "1.0")
                .containsEntry("ce-source", "/penstock")
                .containsEntry("ce-inferenceservicename", "digits")
                .containsEntry("ce-endpoint", "3")
                .containsEntry("ce-time", "2026-01-31T12:00:00.123456Z")
                .containsEntry("content-type", "application/json")
                .containsEntry("authorization", "Bearer x");
        assertThat(events.get(1))
                .containsEntry("ce-type", EventSink.RESPONSE_TYPE)
                .containsEntry("ce-id", "caf%C3%A9%201");
        JsonNode request = JsonMapper.shared().readTree(bodies.get(0));
        assertThat(request.path("inputs").path(0).path("data")).hasSize(3);
        assertThat(request.path("parameters").path("priority").asInt()).isEqualTo(7);
        JsonNode response = JsonMapper.shared().readTree(bodies.get(1));
        assertThat(response.path("model_version").asString("")).isEqualTo("3");
        assertThat(response.path("outputs").path(0).path("data")).hasSize(2);
    }

    @Test
    void aRefusalIsKeptWithItsReason() throws Exception {
        held.countDown();
        Answers answers = new Answers();
        try (PayloadLog log = log(1, 1 << 20)) {
            ReplySink around = log.around(request("a", 1), null, answers);
            around.fail(ErrorCode.NOT_FOUND, "no such model");
            awaitSent(log, 1);
        }
        assertThat(answers.failures).hasValue(1);
        assertThat(bodies.get(1)).isEqualTo("{\"error\":\"NOT_FOUND: no such model\"}");
        assertThat(events.get(1))
                .containsEntry("ce-inferenceservicename", "digits")
                .doesNotContainKey("ce-endpoint");
    }

    @Test
    void whatNobodyTookGivesItsRoomBackOnce() throws Exception {
        held.countDown();
        Answers answers = new Answers();
        try (PayloadLog log = log(1, 1 << 20)) {
            ReplySink around = log.around(request("a", 1), null, answers);
            ReplySink other = log.around(request("b", 1), null, answers);
            long both = log.waitingBytes();
            log.untaken(around);
            assertThat(log.waitingBytes()).isEqualTo(both / 2).isPositive();
            // Too late to be kept, and the caller's all the same.
            around.fail(ErrorCode.INTERNAL, "late");
            log.untaken(around);
            assertThat(log.waitingBytes()).isEqualTo(both / 2);
            other.fail(ErrorCode.NOT_FOUND, "no such model");
            log.untaken(other);
            awaitSent(log, 1);
        }
        assertThat(answers.failures).hasValue(2);
        assertThat(events).hasSize(2).allSatisfy(event -> assertThat(event).containsEntry("ce-id", "b"));
    }

    @Test
    void whatIsNotSampledIsNotTouched() throws Exception {
        held.countDown();
        Answers answers = new Answers();
        try (PayloadLog log = log(0, 1 << 20)) {
            assertThat(log.around(request("a", 1), null, answers)).isSameAs(answers);
            assertThat(log.of("digits")).isNull();
        }
    }
}
