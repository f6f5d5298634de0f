package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpListenerTest {
    private final TestListener server = new TestListener();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrderWhateverOrderTheyFinishIn() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/hold?1") + TestListener.get("/hold?2") + TestListener.get("/third"));
            HttpExchange first = server.nextHeld();
            HttpExchange second = server.nextHeld();

            second.respond(TestListener.text("second"));
            first.respond(TestListener.text("first"));

            assertThat(client.read().body()).isEqualTo("first");
            assertThat(client.read().body()).isEqualTo("second");
            assertThat(client.read().body()).isEqualTo("GET /third");
        }
    }

    @Test
    void thousandsOfPipelinedRequestsInOneGoAreAllAnswered() throws Exception {
        int count = 5000;
        try (RawClient client = new RawClient(server.port())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < count; i++) {
                requests.append(TestListener.get("/" + i));
            }
            Thread sender = Thread.ofVirtual().start(() -> sendQuietly(client, requests.toString()));

            for (int i = 0; i < count; i++) {
                assertThat(client.read().body()).isEqualTo("GET /" + i);
            }
            sender.join();
        }
    }

    private static void sendQuietly(RawClient client, String text) {
        try {
            client.send(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void onlySoManyPipelinedRequestsAreInProgressAtOnce() throws Exception {
        server.restart(TestListener.LIMITS.withMaxPipelined(2));
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/hold")
                    + TestListener.get("/hold")
                    + TestListener.get("/hold")
                    + TestListener.get("/last"));
            HttpExchange first = server.nextHeld();
            HttpExchange second = server.nextHeld();
            assertThat(server.held).isEmpty();

            first.respond(TestListener.text("1"));
            HttpExchange third = server.nextHeld();
            second.respond(TestListener.text("2"));
            third.respond(TestListener.text("3"));

            assertThat(client.read().body()).isEqualTo("1");
            assertThat(client.read().body()).isEqualTo("2");
            assertThat(client.read().body()).isEqualTo("3");
            assertThat(client.read().body()).isEqualTo("GET /last");
        }
    }

    @Test
    void aConnectionLimitedToOneRequestStillReadsItsBody() throws Exception {
        server.restart(TestListener.LIMITS.withMaxPipelined(1));
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
            client.send("bc");

            assertThat(client.read().body()).startsWith("3:");
        }
    }

    @Test
    void anHttp11ConnectionStaysOpenUntilAskedToClose() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/a"));
            assertThat(client.read().header("connection")).isEmpty();

            client.send("GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + TestListener.get("/never"));
            assertThat(client.read().header("connection")).isEqualTo("close");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void anHttp10ConnectionClosesUnlessAskedToStay() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.read().header("connection")).isEqualTo("keep-alive");

            client.send("GET /b HTTP/1.0\r\n\r\n");
            assertThat(client.read().body()).isEqualTo("GET /b");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void headIsAnsweredWithTheLengthButWithoutTheBody() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n" + TestListener.get("/next"));

            RawClient.Response head = client.read(false);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("content-length")).isEqualTo("7");
            assertThat(client.read().body()).isEqualTo("GET /next");
        }
    }

    @Test
    void aClientThatExpects100IsToldToContinueAfterEarlierAnswers() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/hold"));
            client.send("POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            server.nextHeld().respond(TestListener.text("first"));

            assertThat(client.read().body()).isEqualTo("first");
            assertThat(client.read().status()).isEqualTo(100);
            client.send("hi");
            assertThat(client.read().body()).startsWith("2:");
        }
    }

    @Test
    void bodiesArriveWholeHoweverTheyAreCut() throws Exception {
        long seed = 20261121;
        Random random = new Random(seed);
        try (RawClient client = new RawClient(server.port())) {
            for (int round = 0; round < 50; round++) {
                byte[] body = new byte[random.nextInt(TestListener.MAX_BODY)];
                random.nextBytes(body);

                client.send(round % 2 == 0 ? chunked(body, random) : sized(body));

                assertThat(client.read().body())
                        .as("round %d of seed %d", round, seed)
                        .isEqualTo(body.length + ":" + Arrays.hashCode(body));
            }
        }
    }

    private static byte[] sized(byte[] body) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(ascii("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length + "\r\n\r\n"));
        message.write(body);
        return message.toByteArray();
    }

    private static byte[] chunked(byte[] body, Random random) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(ascii("POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
        int at = 0;
        while (at < body.length) {
            int size = Math.min(1 + random.nextInt(50_000), body.length - at);
            message.write(ascii(Integer.toHexString(size) + "\r\n"));
            message.write(body, at, size);
            message.write(ascii("\r\n"));
            at += size;
        }
        message.write(ascii("0\r\n\r\n"));
        return message.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void stoppingFinishesWhatIsInProgressAndClosesTheRest() throws Exception {
        try (RawClient idle = new RawClient(server.port());
                RawClient busy = new RawClient(server.port())) {
            idle.send(TestListener.get("/x"));
            idle.read();
            busy.send(TestListener.get("/hold"));
            HttpExchange exchange = server.nextHeld();

            server.listener().stopAccepting();

            assertThat(idle.atEnd()).isTrue();
            // The kernel may still take a connection for a moment; nobody answers it.
            assertThatThrownBy(() -> ask(server.port())).isInstanceOf(IOException.class);
            exchange.respond(TestListener.text("done"));
            RawClient.Response response = busy.read();
            assertThat(response.body()).isEqualTo("done");
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(busy.atEnd()).isTrue();
        }
        assertThat(server.listener().awaitDrained(Duration.ofMinutes(2))).isTrue();
    }

    @Test
    void whatComesAfterTheLastAnswerIsNotWorkedOn() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/hold"));
            HttpExchange exchange = server.nextHeld();
            server.listener().stopAccepting();
            exchange.respond(TestListener.text("last"));
            assertThat(client.read().header("connection")).isEqualTo("close");

            client.send(TestListener.get("/hold"));
        }

        assertThat(server.listener().awaitDrained(Duration.ofMinutes(2))).isTrue();
        assertThat(server.held).isEmpty();
    }

    private static void ask(int port) throws IOException {
        try (RawClient late = new RawClient(port)) {
            late.send(TestListener.get("/late"));
            late.read();
        }
    }

    @Test
    void aClientThatGoesAwayAbandonsItsRequests() throws Exception {
        HttpExchange exchange;
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/hold"));
            exchange = server.nextHeld();
            assertThat(exchange.abandoned()).isFalse();
        }
        server.listener().stopAccepting();

        assertThat(server.listener().awaitDrained(Duration.ofMinutes(2))).isTrue();
        assertThat(exchange.abandoned()).isTrue();
        exchange.respond(() -> {
            throw new AssertionError("nobody is there to read it");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-penstock-request-id", "X-Request-Id"})
    void anIdThatTheCallerSentComesBack(String header) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n" + header + ": call-17\r\n\r\n");
            assertThat(client.read().header("x-penstock-request-id")).isEqualTo("call-17");

            client.send("GET / HTTP/1.1\r\nHost: x\r\n" + header + ": two words\r\n\r\n");
            assertThat(client.read().header("x-penstock-request-id")).matches("[0-9a-f]{12}-\\d+");
        }
    }

    @Test
    void anAddressThatIsTakenIsNamed() {
        assertThatThrownBy(() -> HttpListener.start(
                        server.loops(), "127.0.0.1", server.port(), TestListener.LIMITS, exchange -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + server.port());
    }
}
