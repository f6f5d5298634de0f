package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Verdict;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.alerting.WebhookSigner;
import dev.penstock.server.rollout.GateQuestions.Said;
import dev.penstock.server.rollout.GateServer.Answer;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.Resolver;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is made of answers of webhooks and of servers that are not Prometheus, over real sockets.
@Timeout(240)
@SuppressWarnings("NullAway.Init")
final class GateQuestionsTest {
    private static final InstantSource TIME = InstantSource.fixed(Instant.ofEpochSecond(1_000));
    private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(new byte[32]);

    private GateServer server;

    @BeforeEach
    void start() throws IOException {
        server = new GateServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static GateQuestions questions(String host, Duration patience) {
        return new GateQuestions(
                new Hosts(List.of(host), Resolver.SYSTEM, "rollouts.allowed-hosts"),
                new WebhookSigner(SECRET),
                TIME,
                () -> "msg-1",
                patience);
    }

    private static MetricSpec.Gate webhook(String address) {
        return new MetricSpec.Gate("team", URI.create(address), "", "", Duration.ofSeconds(1), 3, true);
    }

    private static MetricSpec.Gate prometheus(String address) {
        return new MetricSpec.Gate("slo", URI.create(address), "up", "result < 0.5", Duration.ofSeconds(1), 3, true);
    }

    private Said ask(Answer answer) {
        return ask(answer, webhook(server.url("/gate")));
    }

    private Said ask(Answer answer, MetricSpec.Gate gate) {
        server.answer = answer;
        try (GateQuestions questions = questions("127.0.0.1", Duration.ofSeconds(30))) {
            return questions.ask(gate, "{\"id\":\"fraud-8\"}");
        }
    }

    private void assertNothing(Answer answer, String why) {
        Said said = ask(answer);
        assertThat(said.verdict()).as(said.detail()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(said.value()).isNaN();
        assertThat(said.detail()).contains(why);
    }

    @Test
    void aWebhookGetsTheRolloutSignedAndIsBelieved() {
        assertThat(ask(Answer.of("{\"passed\": true}"))).isEqualTo(new Said(Verdict.PASS, Double.NaN, ""));
        assertThat(ask(Answer.of("{\"passed\": false, \"detail\": \"chargebacks are up\"}")))
                .isEqualTo(new Said(Verdict.FAIL, Double.NaN, "chargebacks are up"));

        GateServer.Asked asked = server.asked.getFirst();
        assertThat(asked.path()).isEqualTo("/gate");
        assertThat(asked.body()).isEqualTo("{\"id\":\"fraud-8\"}");
        assertThat(asked.headers())
                .containsEntry("webhook-id", "msg-1")
                .containsEntry("webhook-timestamp", "1000")
                .containsEntry("content-type", "application/json");
        assertThat(asked.headers().get("webhook-signature")).startsWith("v1,");
    }

    @Test
    void whatIsNoAnswerSaysNothingAndWhy() {
        assertNothing(Answer.of("{\"passed\": null, \"detail\": \"tomorrow\"}"), "tomorrow");
        assertNothing(Answer.of("{\"passed\": null}"), "it does not decide");
        assertNothing(Answer.of("{\"passed\": \"yes\"}"), "passed: \"yes\" (expected: true, false or null)");
        assertNothing(Answer.of("{}"), "passed: missing (expected: true, false or null)");
        assertNothing(Answer.of("[1]"), "passed: missing (expected: true, false or null)");
        assertNothing(Answer.of("welcome"), "its answer is not JSON");
        assertNothing(Answer.of("{\"passed\": tr"), "its answer is not JSON");
        assertNothing(Answer.of(500, "{\"passed\": false}"), "status 500 (expected: 200)");
        assertNothing(Answer.of("\"" + "x".repeat(70_000) + "\""), "no answer: body exceeds capacity: 65536");
    }

    @Test
    void aRedirectIsNotFollowed() throws IOException {
        try (GateServer other = new GateServer()) {
            other.answer = Answer.of("{\"passed\": true}");

            assertNothing(Answer.redirect(other.url()), "status 302 (expected: 200; redirects are not followed)");
            assertThat(other.asked).isEmpty();
        }
    }

    @Test
    void whoDoesNotAnswerInTimeSaysNothing() {
        server.answer = Answer.endless();
        try (GateQuestions questions = questions("127.0.0.1", Duration.ofMillis(300))) {
            Said said = questions.ask(webhook(server.url()), "{}");

            assertThat(said.verdict()).isEqualTo(Verdict.INSUFFICIENT);
            assertThat(said.detail()).isEqualTo("no answer: it takes longer than 300ms");
            server.answer = Answer.of("{\"passed\": true}");
            TestReceiver.await(
                    () -> questions.ask(webhook(server.url()), "{}").verdict() == Verdict.PASS,
                    "asked once more, in time this time");
        }
    }

    @Test
    void whoIsAwayOrNotAllowedSaysNothingAndIsNotAsked() {
        String url = server.url();
        try (GateQuestions other = questions("gates.example", Duration.ofSeconds(5))) {
            Said refused = other.ask(webhook(url), "{}");
            assertThat(refused.verdict()).isEqualTo(Verdict.INSUFFICIENT);
            assertThat(refused.detail()).contains("is not allowed", "rollouts.allowed-hosts");
            assertThat(server.asked).isEmpty();
        }
        server.close();

        try (GateQuestions questions = questions("127.0.0.1", Duration.ofSeconds(5))) {
            Said away = questions.ask(webhook(url), "{}");
            assertThat(away.verdict()).isEqualTo(Verdict.INSUFFICIENT);
            assertThat(away.detail()).isEqualTo("no answer: nobody takes connections at " + url.substring(7));
        }
    }

    @Test
    void whatIsNoPrometheusSaysNothing() {
        String url = server.url();
        String number = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"%s\"]}}";

        assertThat(ask(Answer.of(number.formatted("0.25")), prometheus(url)))
                .isEqualTo(new Said(Verdict.PASS, 0.25, "0.250000 (expected: result < 0.5)"));
        assertThat(ask(Answer.of(number.formatted("0.5")), prometheus(url)).verdict())
                .isEqualTo(Verdict.FAIL);
        assertThat(server.asked.getLast().path()).isEqualTo("/api/v1/query");
        assertThat(server.asked.getLast().body()).isEqualTo("query=up");
        assertThat(ask(Answer.of(number.formatted("NaN")), prometheus(url)).detail())
                .isEqualTo("the query's result is NaN (expected: a finite number)");
        assertThat(ask(Answer.of(number.formatted("+Inf")), prometheus(url)).detail())
                .isEqualTo("the query's result is +Inf (expected: a finite number)");
        assertThat(ask(Answer.of("<html>"), prometheus(url)).detail()).contains("its answer is not JSON");
        assertThat(ask(Answer.of(503, "down"), prometheus(url)).detail()).isEqualTo("status 503 (expected: 200)");
    }
}
