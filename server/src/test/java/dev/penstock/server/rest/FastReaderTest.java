package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.batching.Offer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The fast path over real sockets, beside requests that take the other one.
class FastReaderTest extends FastReaderTests {
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
}
