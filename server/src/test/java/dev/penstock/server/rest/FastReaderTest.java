package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.batching.Offer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The fast path over real sockets, beside requests that take the other one.
class FastReaderTest {
    private static final String BODY =
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[%d,2.5]}]}";
    private static final String ANSWER =
            "{\"model_name\":\"echo\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[%d.0,2.5]}]}";

    private final TestListener server = new TestListener();
    private final EchoModels models = server.models;

    @AfterEach
    void stop() {
        server.close();
        assertThat(models.unreleased).hasValue(0);
    }

    private static String infer(int number, String... headers) {
        return inferOf("echo", BODY.formatted(number), headers);
    }

    private static String inferOf(String model, String body, String... headers) {
        StringBuilder text = new StringBuilder("POST /v2/models/" + model + "/infer HTTP/1.1\r\nHost: x\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void aPlainInferenceIsAnsweredWithoutTheHandler() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(infer(7, "x-request-id: mine", "Content-Type: application/json"));

            RawClient.Response answer = client.read();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(ANSWER.formatted(7));
            assertThat(answer.header("content-type")).isEqualTo("application/json");
            assertThat(answer.header("x-penstock-request-id")).isEqualTo("mine");
            assertThat(answer.header("x-penstock-model")).isEqualTo("echo");
            assertThat(answer.header("x-penstock-version")).isEqualTo("1");
            assertThat(models.offers).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: keep-alive, x",
                "Expect: 100-continue",
                "Content-Encoding: identity",
                "X-Odd: \u00e9",
                "inference-header-content-length: 0",
                "Trailer: x",
            })
    void whatIsNotPlainGoesToTheHandler(String header) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(infer(7, header));

            RawClient.Response answer = client.read();
            if (answer.status() == 100) {
                answer = client.read();
            }
            client.send(infer(8));

            assertThat(answer.body()).isEqualTo("POST /v2/models/echo/infer");
            assertThat(client.read().body()).isEqualTo(ANSWER.formatted(8));
            assertThat(models.offers).hasValue(1);
        }
    }

    @Test
    void bothKindsOfRequestsInOneGoAreAnsweredInTheirOrder() throws Exception {
        int count = 2000;
        StringBuilder requests = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean other = i % 7 == 3;
            requests.append(other ? TestListener.get("/" + i) : infer(i));
            expected.add(other ? "GET /" + i : ANSWER.formatted(i));
        }
        try (RawClient client = new RawClient(server.port())) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send(requests.toString());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (String answer : expected) {
                // Behind a request that is not plain, plain ones may take its way.
                assertThat(client.read().body()).isIn(answer, "POST /v2/models/echo/infer");
            }
            assertThat(models.offers).hasPositiveValue();
            sender.join();
        }
    }

    @Test
    void anOfferThatEndsWithAnErrorIsAnsweredAndTheConnectionGoesOn() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            models.broken = true;
            client.send(infer(1));
            assertThat(client.read().status()).isEqualTo(500);

            models.broken = false;
            client.send(infer(2));
            assertThat(client.read().body()).isEqualTo(ANSWER.formatted(2));
        }
    }

    @Test
    void answersThatComeOutOfOrderWaitForTheirTurn() throws Exception {
        models.holds = true;
        try (RawClient client = new RawClient(server.port())) {
            client.send(infer(1) + inferOf("other", BODY.formatted(2)) + infer(3));
            EchoModels.Held first = nextHeld();
            EchoModels.Held third = nextHeld();

            third.echo();
            first.echo();

            assertThat(client.read().body()).isEqualTo(ANSWER.formatted(1));
            assertThat(client.read().body()).isEqualTo("POST /v2/models/other/infer");
            assertThat(client.read().body()).isEqualTo(ANSWER.formatted(3));
        }
    }

    @Test
    void priorityTimeoutAndOddIdsTakeTheFastWay() throws Exception {
        models.holds = true;
        try (RawClient client = new RawClient(server.port())) {
            String rest = BODY.formatted(1).substring(1);
            client.send(inferOf(
                    "echo",
                    "{\"id\":\"a b\\u00fc\\\"\",\"own\":[{}],\"parameters\":{\"priority\":3,\"timeout\":\"9000000\",\"own\":null},"
                            + rest));
            EchoModels.Held held = nextHeld();

            assertThat(held.call().priority()).isEqualTo(3);
            assertThat(held.call().timeoutNanos()).isEqualTo(9_000_000_000L);

            held.echo();
            RawClient.Response answer = client.read();
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"id\":\"a b\u00fc\\\"\"," + ANSWER.formatted(1).substring(1));
            assertThat(answer.header("x-penstock-request-id")).isEqualTo("a%20b%C3%BC\"");
        }
    }

    @Test
    void numbersThatJsonHasNotGoOutAsTextIfThatIsWanted() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(
                    inferOf(
                            "echo",
                            "{\"parameters\":{\"non_finite\":\"string\"},\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[NaN,-Infinity]}]}"));

            assertThat(client.read().body()).contains("\"data\":[\"NaN\",\"-Infinity\"]");
            assertThat(models.offers).hasValue(1);
        }
    }

    @Test
    void manyJsonNumbersArriveWholeOnEveryConnection() throws Exception {
        int columns = 3000;
        EchoModels large = new EchoModels("large", columns);
        try (HttpListener listener = HttpListener.start(
                        server.loops(), "127.0.0.1", 0, TestListener.LIMITS, e -> {}, large, server.budget, () -> 0);
                RawClient one = new RawClient(listener.port());
                RawClient two = new RawClient(listener.port())) {
            large.holds = true;
            one.send(inferOf("large", numbers(columns, 1)));
            EchoModels.Held first = large.held.poll(20, TimeUnit.SECONDS);
            two.send(inferOf("large", numbers(columns, 2)));
            EchoModels.Held second = large.held.poll(20, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            assertThat(second).isNotNull();
            second.echo();
            first.echo();

            assertThat(one.read().body()).contains("\"data\":" + floats(columns, 1));
            assertThat(two.read().body()).contains("\"data\":" + floats(columns, 2));
        }
        assertThat(large.unreleased).hasValue(0);
    }

    private static String floats(int columns, int step) {
        return IntStream.range(0, columns).mapToObj(i -> step * i + ".0").collect(Collectors.joining(",", "[", "]"));
    }

    private static String numbers(int columns, int step) {
        return "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,%d],\"datatype\":\"FP32\",\"data\":%s}]}"
                .formatted(columns, floats(columns, step));
    }

    private EchoModels.Held nextHeld() throws InterruptedException {
        EchoModels.Held call = models.held.poll(20, TimeUnit.SECONDS);
        assertThat(call).isNotNull();
        return call;
    }

    @Test
    void requestsAreTheSameHoweverTheyAreCut() throws Exception {
        String two = infer(1) + infer(2);
        try (RawClient client = new RawClient(server.port())) {
            for (int cut = 1; cut < two.length(); cut++) {
                client.send(two.substring(0, cut));
                client.send(two.substring(cut));

                assertThat(client.read().body()).as("cut at %d", cut).isEqualTo(ANSWER.formatted(1));
                assertThat(client.read().body()).as("cut at %d", cut).isEqualTo(ANSWER.formatted(2));
            }
        }
    }

    @Test
    void onlySoManyRequestsAreInProgressAtOnce() throws Exception {
        server.restart(TestListener.LIMITS.withMaxPipelined(2));
        models.holds = true;
        try (RawClient client = new RawClient(server.port())) {
            client.send(infer(1) + infer(2) + infer(3) + infer(4));
            EchoModels.Held first = nextHeld();
            EchoModels.Held second = nextHeld();
            assertThat(models.held).isEmpty();

            first.echo();
            EchoModels.Held third = nextHeld();
            second.echo();
            EchoModels.Held fourth = nextHeld();
            fourth.echo();
            third.echo();

            for (int i = 1; i <= 4; i++) {
                assertThat(client.read().body()).isEqualTo(ANSWER.formatted(i));
            }
        }
    }

    @Test
    void aFullQueueIsAnsweredWithWhenToComeAgain() throws Exception {
        models.answer = Offer.QUEUE_FULL;
        try (RawClient client = new RawClient(server.port())) {
            client.send(infer(1));

            RawClient.Response answer = client.read();

            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.header("retry-after")).isEqualTo("1");
            assertThat(answer.body()).isEqualTo("{\"error\":\"Exceeds maximum queue size of model 'echo'\"}");
        }
    }

    @Test
    void aModelThatIsBeingReplacedLeavesItsRequestsToTheHandler() throws Exception {
        models.answer = Offer.CLOSED;
        try (RawClient client = new RawClient(server.port())) {
            client.send(infer(1) + infer(2));

            assertThat(client.read().body()).isEqualTo("POST /v2/models/echo/infer");
            assertThat(client.read().body()).isEqualTo("POST /v2/models/echo/infer");
            assertThat(models.offers).hasValue(2);
        }
    }

    @Test
    void callersAreToldApartByTheirHeaderElseByTheirAddress() throws Exception {
        models.holds = true;
        try (RawClient client = new RawClient(server.port());
                RawClient other = new RawClient(server.port())) {
            client.send(infer(1));
            EchoModels.Held first = nextHeld();
            other.send(infer(2));
            EchoModels.Held second = nextHeld();
            client.send(infer(3, "X-Penstock-Caller: someone"));
            EchoModels.Held third = nextHeld();

            assertThat(second.call().caller()).isEqualTo(first.call().caller());
            assertThat(third.call().caller()).isNotEqualTo(first.call().caller());

            first.echo();
            second.echo();
            third.echo();
        }
    }

    @Test
    void aFailureSaysWhoseItIs() throws Exception {
        models.holds = true;
        try (RawClient client = new RawClient(server.port())) {
            client.send(infer(1, "x-penstock-request-id: r-1"));

            nextHeld().fail(ErrorCode.MODEL_FAILED);

            RawClient.Response answer = client.read();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.header("x-penstock-request-id")).isEqualTo("r-1");
            assertThat(answer.header("x-penstock-version")).isEqualTo("1");
            assertThat(answer.body()).isEqualTo("{\"error\":\"meant by the test\"}");
        }
    }

    @Test
    void aNumberThatJsonHasNotIsRefusedByNameAndIndex() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(inferOf(
                    "echo",
                    "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,-Infinity]}]}"));

            RawClient.Response answer = client.read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("element 1 of output 'x' is -Infinity");
        }
    }

    @Test
    void aClientThatGoesAwayAbandonsItsCalls() throws Exception {
        models.holds = true;
        EchoModels.Held call;
        try (RawClient client = new RawClient(server.port())) {
            client.send(infer(1));
            call = nextHeld();
        }
        while (!call.call().abandoned()) {
            Thread.onSpinWait();
        }

        call.echo();

        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/next"));
            assertThat(client.read().body()).isEqualTo("GET /next");
        }
    }

    @Test
    void aBodyThatArrivesTooSlowlyIsTimedOut() throws Exception {
        server.restart(TestListener.LIMITS.withTimeouts(Duration.ofSeconds(20), Duration.ofMillis(100)));
        try (RawClient client = new RawClient(server.port())) {
            String whole = infer(1);
            client.send(whole.substring(0, whole.length() - 5));

            RawClient.Response answer = client.read();

            assertThat(answer.status()).isEqualTo(408);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void stoppingWaitsForARequestThatIsStillArriving() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            String whole = infer(1);
            client.send(infer(0) + whole.substring(0, whole.length() - 5));
            assertThat(client.read().body()).isEqualTo(ANSWER.formatted(0));
            server.listener().stopAccepting();
            client.send(whole.substring(whole.length() - 5));

            // By one way or the other: the word may come while the rest does.
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void largeBinaryTensorsArriveWhole() throws Exception {
        int columns = 150_528;
        EchoModels large = new EchoModels("large", columns);
        HttpLimits limits = TestListener.LIMITS.withMaxBody(4 << 20, "test.max-body");
        ByteBuffer values = ByteBuffer.allocate(4 * columns).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < columns; i++) {
            values.putFloat(i * 0.5f);
        }
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,%d],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":%d}}],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"binary_data\":true}}]}"
                        .formatted(columns, 4 * columns);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String head =
                "POST /v2/models/large/infer HTTP/1.1\r\nHost: x\r\ninference-header-content-length: %d\r\nContent-Length: %d\r\n\r\n"
                        .formatted(json.length(), json.length() + 4 * columns);
        request.writeBytes((head + json).getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(values.array());
        try (HttpListener listener = HttpListener.start(
                        server.loops(), "127.0.0.1", 0, limits, exchange -> {}, large, server.budget, () -> 0);
                RawClient client = new RawClient(listener.port())) {
            for (int round = 0; round < 5; round++) {
                client.send(request.toByteArray());

                RawClient.Bytes answer = client.readBytes();

                int jsonBytes = Integer.parseInt(answer.header("inference-header-content-length"));
                assertThat(answer.body()).hasSize(jsonBytes + 4 * columns);
                assertThat(ByteBuffer.wrap(answer.body(), jsonBytes, 4 * columns))
                        .isEqualTo(ByteBuffer.wrap(values.array()));
            }
            assertThat(large.offers).hasValue(5);
        }
        assertThat(large.unreleased).hasValue(0);
    }
}
