package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What requests may hold together.
class HttpBudgetTest {
    /// Two of these are what the budget has room for.
    private static final int LARGE = 900_000;

    private final TestListener server = new TestListener();

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.budget.held()).isZero();
    }

    private static String post(String path) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + LARGE + "\r\n\r\n" + "x".repeat(LARGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/body", "/v2/models/echo/infer"})
    void whatDoesNotFitIsToldTheBytesTheLimitAndWhenToComeBack(String path) throws Exception {
        try (RawClient holder = new RawClient(server.port());
                RawClient other = new RawClient(server.port());
                RawClient client = new RawClient(server.port())) {
            holder.send(post("/hold"));
            other.send(post("/hold"));
            HttpExchange first = server.nextHeld();
            HttpExchange second = server.nextHeld();

            client.send(post(path));

            RawClient.Response refusal = client.read();
            assertThat(refusal.status()).isEqualTo(429);
            assertThat(refusal.header("retry-after")).isEqualTo("1");
            assertThat(refusal.header("x-penstock-request-id")).isNotEmpty();
            assertThat(refusal.body())
                    .matches("\\{\"error\":\"the server holds \\d+ bytes of requests and answers and has no room for "
                            + "\\d+ more \\(expected: at most 2097152 together, the setting in-flight.max-bytes\\); "
                            + "try again later\"}");

            first.respond(TestListener.text("first"));
            second.respond(TestListener.text("second"));
            assertThat(holder.read().status()).isEqualTo(200);
            assertThat(other.read().status()).isEqualTo(200);
            holder.send(post("/body"));
            assertThat(holder.read().status()).isEqualTo(200);
        }
    }

    @Test
    void answersThatWaitForTheirTurnAreCountedAndStopTheNextRequests() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(TestListener.get("/hold") + TestListener.get("/large").repeat(8));
            HttpExchange first = server.nextHeld();

            server.awaitFull();
            assertThat(server.large).hasValue(3);
            first.respond(TestListener.text("first"));

            assertThat(client.read().body()).isEqualTo("first");
            for (int i = 0; i < 8; i++) {
                assertThat(client.read().body()).hasSize(TestListener.LARGE);
            }
        }
    }

    @Test
    void whileThereIsNoRoomNoInferencesAreTakenAndNoOtherRequestsBesideOneInProgress() throws Exception {
        String rows = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}]}";
        String infer = "POST /v2/models/echo/infer HTTP/1.1\r\nHost: x\r\nContent-Length: " + rows.length() + "\r\n\r\n"
                + rows;
        try (RawClient deaf = new RawClient(server.port());
                RawClient other = new RawClient(server.port());
                RawClient third = new RawClient(server.port())) {
            deaf.send(TestListener.get("/hold") + TestListener.get("/large").repeat(8));
            HttpExchange first = server.nextHeld();
            server.awaitFull();

            other.send(TestListener.get("/hold") + TestListener.get("/large"));
            HttpExchange others = server.nextHeld();
            third.send(infer);
            assertThat(third.read().status()).isEqualTo(429);
            third.send(TestListener.get("/x"));
            assertThat(third.read().body()).isEqualTo("GET /x");
            assertThat(server.large).hasValue(3);

            others.respond(TestListener.text("others"));
            assertThat(other.read().body()).isEqualTo("others");
            assertThat(other.read().body()).hasSize(TestListener.LARGE);
            first.respond(TestListener.text("first"));
            for (int i = 0; i <= 8; i++) {
                assertThat(deaf.read().status()).isEqualTo(200);
            }
            third.send(infer);
            assertThat(third.read().status()).isEqualTo(200);
        }
    }
}
