package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Requests of the fast path that come one behind the other, in pieces, or not to their end.
class FastReaderOrderTest extends FastReaderTests {
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
}
