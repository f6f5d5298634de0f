package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;

class HttpRefusalTest {
    private final TestListener server = new TestListener();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anotherExpectationFails() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /body HTTP/1.1\r\nHost: x\r\nExpect: 200-maybe\r\nContent-Length: 2\r\n\r\n");

            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(417);
            assertThat(response.body()).contains("200-maybe").contains("100-continue");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void aBodyAnnouncedTooLargeIsRefusedBeforeItIsSent() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n");

            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).contains("9999999", "1048576", "test.max-body");
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void aClientThatSendsATooLargeBodyAnywayStillGetsItsAnswer() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            int bytes = 8 << 20;
            client.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n");
            client.send(new byte[bytes]);

            assertThat(client.read().status()).isEqualTo(413);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void aChunkedBodyIsRefusedAsSoonAsItIsTooLarge() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("100001\r\n");
            client.send(new byte[0x100001]);

            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).contains("1048576", "test.max-body");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /body HTTP/1.1~Host: x~Content-Length: 4~Transfer-Encoding: chunked~~0~~ | 400",
                "POST /body HTTP/1.1~Host: x~Transfer-Encoding: chunked~Content-Length: 4~~0~~ | 400",
                "POST /body HTTP/1.1~Host: x~Content-Length: 4~Content-Length: 5~~abcde | 400",
                "POST /body HTTP/1.1~Host: x~Content-Length: 4, 5~~abcde | 400",
                "POST /body HTTP/1.1~Host: x~Content-Length: +4~~abcd | 400",
                "POST /body HTTP/1.1~Host: x~Content-Length: -1~~ | 400",
                "POST /body HTTP/1.1~Host: x~Content-Length: 99999999999999999999~~ | 400",
                "POST /body HTTP/1.1~Host: x~Content-Length: four~~abcd | 400",
                "POST /body HTTP/1.1~Host: x~Transfer-Encoding: gzip, chunked~~0~~ | 400",
                "POST /body HTTP/1.1~Host: x~Transfer-Encoding: xchunked~~0~~ | 400",
                "POST /body HTTP/1.1~Host: x~Transfer-Encoding: chunked~Transfer-Encoding: identity~~0~~ | 400",
                "POST /body HTTP/1.0~Host: x~Transfer-Encoding: chunked~~0~~ | 400",
                "POST /body HTTP/1.1~Host: x~Transfer-Encoding: chunked~~zz~~ | 400",
                "POST /body HTTP/1.1~Host: x~Transfer-Encoding: chunked~~-4~~ | 400",
                "GET / HTTP/1.1~Host: x~Host: y~~ | 400",
                "GET / HTTP/1.1~~ | 400",
                "GET / HTTP/1.1~Host : x~~ | 400",
                "GET / HTTP/1.1~Host: x~Na me: v~~ | 400",
                "GET / HTTP/1.1~Host: x~: v~~ | 400",
                "GET / HTTP/1.1~Host: x~Name: a\0b~~ | 400",
                "GET noslash HTTP/1.1~Host: x~~ | 400",
                "GET / HTTP/2.0~Host: x~~ | 505",
                "GET /~~ | 400",
                "nonsense~~ | 400",
                "\u0001\u0002\u0003 / HTTP/1.1~Host: x~~ | 400",
            })
    void ambiguousAndMalformedMessagesAreRefusedAndTheConnectionCloses(String message, int status) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(message.replace("~", "\r\n") + TestListener.get("/smuggled"));

            RawClient.Response response = client.read();
            assertThat(response.status()).as(message + " -> " + response.body()).isEqualTo(status);
            assertThat(response.body()).startsWith("{\"error\":\"");
            assertThat(response.header("x-penstock-request-id")).isNotEmpty();
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void messagesThatAreTooLongAreRefused() throws Exception {
        assertRefused("GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414);
        assertRefused("GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(17_000) + "\r\n\r\n", 431);
        assertRefused("GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(201) + "\r\n", 431);
    }

    private void assertRefused(String message, int status) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            client.send(message);

            assertThat(client.read().status()).isEqualTo(status);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void aRefusalWaitsForTheAnswersBeforeIt() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/hold") + "nonsense\r\n\r\n");
            server.nextHeld().respond(TestListener.text("first"));

            assertThat(client.read().body()).isEqualTo("first");
            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void aTruncatedRequestHarmsNobodyElse() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this");
        }
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/alive"));
            assertThat(client.read().body()).isEqualTo("GET /alive");
        }
    }

    @Test
    void aHandlerThatFailsIsAnsweredFor() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/fail") + TestListener.get("/next"));

            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.body()).contains("error").doesNotContain("meant by the test");
            assertThat(client.read().body()).isEqualTo("GET /next");
        }
    }

    @Test
    void aRequestThatArrivesTooSlowlyIsTimedOut() throws Exception {
        server.restart(TestListener.LIMITS.withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(100)));
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.atEnd()).isTrue();
        }
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET / HT");

            assertThat(client.atEnd()).isTrue();
        }
    }

    /// A byte now and then is not enough: what counts is when the whole is there.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: x\r\nA: ",
                "POST /v2/models/echo/infer HTTP/1.1\r\nHost: x\r\nA: ",
                "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
                "POST /v2/models/echo/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
                "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
            })
    void aRequestThatTricklesIsTimedOut(String beginning) throws Exception {
        server.restart(TestListener.LIMITS.withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(100)));
        try (RawClient client = new RawClient(server.port())) {
            client.send(beginning);
            Thread trickle = Thread.ofVirtual().start(() -> trickle(client));

            assertThat(closes(client)).isTrue();
            trickle.interrupt();
            trickle.join();
        }
    }

    private static void trickle(RawClient client) {
        try {
            while (!Thread.interrupted()) {
                client.send("a");
                Thread.sleep(5);
            }
        } catch (IOException | InterruptedException e) {
            // The connection is closed, or the test has seen enough.
        }
    }

    /// Whether the server ends the connection, whatever it says before.
    private static boolean closes(RawClient client) {
        try {
            client.read();
            return client.atEnd();
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void anExpectationOfAnOldClientIsNotMet() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /body HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi");

            assertThat(client.read().body()).startsWith("2:");
        }
    }

    @Test
    void limitsHoldForInferencesToo() throws Exception {
        String line = "POST /v2/models/echo/infer HTTP/1.1\r\nHost: x\r\n";
        assertRefused("POST /v2/models/" + "a".repeat(9000) + "/infer HTTP/1.1\r\nHost: x\r\n\r\n", 414);
        assertRefused(line + "A: " + "a".repeat(17_000) + "\r\nContent-Length: 0\r\n\r\n", 431);
        assertRefused(line + "A: b\r\n".repeat(201) + "Content-Length: 0\r\n\r\n", 431);
        assertRefused(line + "Content-Length: 1048577\r\n\r\n", 413);
    }

    @Test
    void aPipelinedRequestThatNeverCompletesTimesOutToo() throws Exception {
        server.restart(TestListener.LIMITS.withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(100)));
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/first") + "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n1");

            assertThat(client.read().body()).isEqualTo("GET /first");
            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void onlySoManyAnswersThatTakeTimeAreInProgressAtOnce() throws Exception {
        server.restart(TestListener.LIMITS.withMaxPipelined(OffLoop.MAX_AT_A_TIME + 1));
        try (RawClient client = new RawClient(server.port());
                RawClient other = new RawClient(server.port())) {
            client.send(TestListener.get("/wait").repeat(OffLoop.MAX_AT_A_TIME) + TestListener.get("/hold"));
            HttpExchange last = server.nextHeld();

            other.send(TestListener.get("/wait"));
            RawClient.Response refused = other.read();
            server.gate.release(OffLoop.MAX_AT_A_TIME);
            last.respond(TestListener.text("last"));

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).contains("64 requests of this kind are in progress");
            for (int i = 0; i < OffLoop.MAX_AT_A_TIME; i++) {
                assertThat(client.read().body()).isEqualTo("through");
            }
            assertThat(client.read().body()).isEqualTo("last");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/overflow", "/exhaust", "/exhaust-later"})
    void aRequestThatTakesMoreThanThereIsIsAnsweredAndItsMemoryFreed(String path) throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.body()).isEqualTo("{\"error\":\"the request failed; the log of the server says why\"}");

            client.send(TestListener.get("/next"));
            assertThat(client.read().body()).isEqualTo("GET /next");
        }
    }

    @Test
    void jsonThatCannotBeFinishedLeavesNoBufferBehind() {
        AtomicReference<JsonGenerator> generator = new AtomicReference<>();

        assertThatThrownBy(() -> Json.write(json -> {
                    generator.set(json);
                    throw new StackOverflowError("meant by the test");
                }))
                .isInstanceOf(StackOverflowError.class);

        ByteBufOutputStream out = (ByteBufOutputStream) generator.get().streamWriteOutputTarget();
        assertThat(out.buffer().refCnt()).isZero();
    }
}
