package dev.penstock.server.alerting;

import static dev.penstock.server.alerting.TestReceiver.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.About;
import dev.penstock.server.config.AlertsConfig.Approval;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.config.AlertsConfig.Rule;
import dev.penstock.server.source.net.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From concerns to receivers, over real sockets.
@Timeout(400)
class AlertingTest {
    private static final Duration QUICKLY = Duration.ofMillis(10);

    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile List<Concern> concerns = List.of();
    private volatile Function<ModelKey, @Nullable Facts> facts = _ -> null;

    @TempDir
    private Path folder;

    private Alerting alerting(AlertsConfig config) {
        Alerting alerting = new Alerting(
                config,
                new Alerting.Around(
                        "eu 1",
                        SigningSecretsTest.SECRET,
                        folder,
                        () -> {
                            looks.incrementAndGet();
                            return concerns;
                        },
                        key -> facts.apply(key),
                        InstantSource.system(),
                        new SplittableRandom(5),
                        () -> "e" + ids.incrementAndGet()),
                new Receivers.Means(QUICKLY, Duration.ofSeconds(30), Duration.ofSeconds(30), Resolver.SYSTEM));
        alerting.start();
        return alerting;
    }

    private static AlertsConfig config(Form form, String url, Rule... rules) {
        return config(form, url, 256, Duration.ofHours(1), rules);
    }

    private static AlertsConfig config(Form form, String url, int queue, Duration retryFor, Rule... rules) {
        return new AlertsConfig(
                List.of(new Receiver("ops", form, URI.create(url))),
                List.of(rules),
                List.of("127.0.0.1"),
                Optional.empty(),
                Duration.ofHours(1),
                Duration.ZERO,
                Duration.ofSeconds(10),
                retryFor,
                queue,
                new AlertsConfig.Retraining(List.of(), Duration.ofHours(24), Approval.MANUAL));
    }

    @Test
    void anEventThatFailsTwiceArrivesOnceAndIsSigned() throws Exception {
        try (TestReceiver receiver = new TestReceiver(before -> before < 2 ? 503 : 204);
                Alerting alerting = alerting(config(Form.WEBHOOK, receiver.url("/hook")))) {
            Concern raised = Concerns.critical(1_000);
            concerns = List.of(raised);
            awaitAccepted(alerting, 1);
            int before = looks.get();
            await(() -> looks.get() > before + 2, "looked again, twice to the end");

            assertThat(receiver.posts()).hasSize(3);
            assertThat(receiver.posts().stream().map(post -> post.header("webhook-id")))
                    .containsOnly("e1");
            TestReceiver.Post post = receiver.accepted().getFirst();
            assertThat(post.path()).isEqualTo("/hook");
            assertThat(post.header("content-type")).startsWith("application/cloudevents+json");
            long timestamp = Long.parseLong(post.header("webhook-timestamp"));
            assertThat(post.header("webhook-signature"))
                    .isEqualTo(SigningSecrets.of(null, "ops", SigningSecretsTest.SECRET)
                            .sign("e1", timestamp, post.body()));
            JsonNode event = JsonMapper.shared().readTree(post.body());
            assertThat(event.path("specversion").asString()).isEqualTo("1.0");
            assertThat(event.path("id").asString()).isEqualTo("e1");
            assertThat(event.path("type").asString()).isEqualTo("dev.penstock.drift.detected.v1");
            assertThat(event.path("source").asString()).isEqualTo("/gateways/eu%201");
            assertThat(event.path("subject").asString()).isEqualTo("models/fraud/versions/8");
            assertThat(event.path("data").path("severity").asString()).isEqualTo("critical");
            assertThat(event.path("data").path("features").path(1).path("name").asString())
                    .isEqualTo("output:score");
            assertThat(alerting.deliveries(raised)).singleElement().satisfies(delivery -> {
                assertThat(delivery.state()).isEqualTo(Delivery.State.ACCEPTED);
                assertThat(delivery.attempts()).isEqualTo(3);
            });

            concerns = List.of(Concerns.cleared(raised, 2_000));
            awaitAccepted(alerting, 2);
            assertThat(receiver.accepted().stream().map(one -> one.header("webhook-id")))
                    .containsExactly("e1", "e2");
            assertThat(JsonMapper.shared()
                            .readTree(receiver.accepted().getLast().body())
                            .path("type")
                            .asString())
                    .isEqualTo("dev.penstock.drift.resolved.v1");
        }
    }

    private static void awaitAccepted(Alerting alerting, long events) {
        await(() -> events(alerting, Outcome.ACCEPTED) == events, events + " events accepted");
    }

    private static long events(Alerting alerting, Outcome outcome) {
        return alerting.receivers().getFirst().events().getOrDefault(outcome, 0L);
    }

    @Test
    void whoTellsOfARouteWaitsForNoFacts() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch known = new CountDownLatch(1);
        facts = _ -> {
            asked.countDown();
            awaitLatch(known);
            return null;
        };
        try (TestReceiver receiver = new TestReceiver(_ -> 204);
                Alerting alerting = alerting(config(Form.WEBHOOK, receiver.url("/hook")))) {
            concerns = List.of(Concerns.critical(1_000));
            awaitLatch(asked);

            alerting.tell("rollout.rolled_back.v1", "front", "{}");

            awaitAccepted(alerting, 1);
            assertThat(receiver.accepted().getFirst().body()).contains("rollout.rolled_back.v1");
            known.countDown();
            awaitAccepted(alerting, 2);
        } finally {
            known.countDown();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void attributesMayBeInHeaders() {
        try (TestReceiver receiver = new TestReceiver(_ -> 200);
                Alerting alerting = alerting(config(Form.WEBHOOK_BINARY, receiver.url("/")))) {
            concerns = List.of(Concerns.warning(1_000));
            awaitAccepted(alerting, 1);

            TestReceiver.Post post = receiver.posts().getFirst();
            assertThat(post.header("content-type")).isEqualTo("application/json");
            assertThat(post.header("ce-specversion")).isEqualTo("1.0");
            assertThat(post.header("ce-id")).isEqualTo("e1").isEqualTo(post.header("webhook-id"));
            assertThat(post.header("ce-type")).isEqualTo("dev.penstock.drift.detected.v1");
            assertThat(post.header("ce-source")).isEqualTo("/gateways/eu%201");
            assertThat(JsonMapper.shared()
                            .readTree(post.body())
                            .path("severity")
                            .asString())
                    .isEqualTo("warning");
        }
    }

    @Test
    void aDeadReceiverIsTriedAgainAndAgainAndOnlySoManyEventsWait() throws IOException {
        String url;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = "http://127.0.0.1:" + closed.getLocalPort() + "/";
        }
        try (Alerting alerting = alerting(config(Form.WEBHOOK, url, 3, Duration.ofHours(1)))) {
            concerns = LongStream.rangeClosed(1, 40)
                    .mapToObj(i -> Concerns.cleared(Concerns.warning(i), i + 1))
                    .toList();
            await(() -> told(alerting.receivers().getFirst()) == 80, "told of all");
            await(() -> alerting.receivers().getFirst().attemptsFailed() > 3, "tried again");
            ReceiverStatus status = alerting.receivers().getFirst();
            assertThat(status.waiting()).isEqualTo(3);
            assertThat(status.events().get(Outcome.OVERFLOW)).isEqualTo(77);
            assertThat(status.lastFailure()).contains("ConnectException");
        }
        List<String> letters = Files.readAllLines(folder.resolve(DeadLetters.NAME));
        assertThat(letters).hasSize(80);
        JsonNode last = JsonMapper.shared().readTree(letters.getLast());
        assertThat(last.path("result").asString()).isEqualTo("shutdown");
        assertThat(last.path("event").path("id").asString()).isEqualTo("e3");
        assertThat(last.path("receiver").asString()).isEqualTo("ops");
    }

    /// Events that wait or were given up.
    private static long told(ReceiverStatus status) {
        return status.waiting() + status.events().getOrDefault(Outcome.OVERFLOW, 0L);
    }

    @Test
    void deadLettersTakeOnlySoMuchRoom() throws IOException {
        try (DeadLetters letters = new DeadLetters(folder, 2_000, Duration.ofSeconds(30))) {
            for (int i = 0; i < 100; i++) {
                letters.add("ops", Outcome.EXPIRED, new Outbox.Waiting(OutboxTest.event("e" + i), 0, 1), "x", 0);
            }
        }

        assertThat(Files.size(folder.resolve(DeadLetters.NAME))).isLessThanOrEqualTo(2_000);
        assertThat(Files.size(folder.resolve(DeadLetters.OLDER))).isLessThanOrEqualTo(2_000);
        assertThat(Files.readString(folder.resolve(DeadLetters.NAME))).contains("\"e99\"");
    }

    @Test
    void ofDeadLettersOnlySoManyWaitAndWhatIsNotKeptIsCounted() throws IOException {
        // In the way of the folder.
        Path inTheWay = Files.createFile(folder.resolve("file"));
        DeadLetters letters = new DeadLetters(inTheWay, 2_000, Duration.ofSeconds(30));
        for (int i = 0; i < 5; i++) {
            letters.add("ops", Outcome.EXPIRED, new Outbox.Waiting(OutboxTest.event("e" + i), 0, 1), "x", 0);
        }
        letters.close();
        assertThat(letters.unkept("ops")).isEqualTo(5);
        letters.add("ops", Outcome.SHUTDOWN, new Outbox.Waiting(OutboxTest.event("late"), 0, 1), "x", 0);
        assertThat(letters.unkept("ops")).isEqualTo(6);
        assertThat(letters.unkept("others")).isZero();
    }

    @Test
    void whatIsTriedForTooLongOrNotWantedIsGivenUp() {
        try (TestReceiver receiver = new TestReceiver(before -> before < 3 ? 500 : 410);
                Alerting alerting = alerting(config(Form.WEBHOOK, receiver.url("/"), 8, Duration.ofMillis(1)))) {
            Concern raised = Concerns.warning(1_000);
            concerns = List.of(raised);
            await(() -> events(alerting, Outcome.EXPIRED) == 1, "given up");
            assertThat(alerting.deliveries(raised).getFirst().state()).isEqualTo(Delivery.State.GIVEN_UP);
        }
        try (TestReceiver receiver = new TestReceiver(_ -> 410);
                Alerting alerting = alerting(config(Form.WEBHOOK, receiver.url("/")))) {
            await(() -> events(alerting, Outcome.REFUSED) == 1, "gone");
            assertThat(receiver.posts()).hasSize(1);
        }
    }

    @Test
    void rulesSayWhatGoesWhere() {
        Routing routing = new Routing(List.of(
                new Rule(About.CRITICAL, "fr*d", "pager"),
                new Rule(About.WARNING, "*", "ops"),
                new Rule(About.RETRAINING, "fraud", "pipeline")));

        assertThat(routing.of(Concerns.warning(1))).containsExactly("ops");
        assertThat(routing.of(Concerns.critical(1))).containsExactly("pager", "ops");
        assertThat(routing.ofRetraining("fraud")).containsExactly("pipeline");
        assertThat(routing.ofRetraining("fraud2")).isEmpty();
    }

    @Test
    void aHostThatIsNotListedIsRefusedAtTheStart() {
        AlertsConfig config = new AlertsConfig(
                List.of(new Receiver("ops", Form.WEBHOOK, URI.create("http://10.0.0.1/secret"))),
                List.of(),
                List.of("127.0.0.1"),
                Optional.empty(),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                AlertsConfig.OFF.retraining());

        assertThatThrownBy(() -> alerting(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alerts.receivers: ops")
                .hasMessageContaining("add '10.0.0.1' to alerts.allowed-hosts")
                .hasMessageNotContaining("secret");
    }

    @Test
    void anAlertmanagerIsToldOfStatesUntilItKnows() {
        try (TestReceiver receiver = new TestReceiver(before -> before == 0 ? 500 : 200);
                Alerting alerting = alerting(config(Form.ALERTMANAGER, receiver.url("/prefix/")))) {
            Concern raised = Concerns.warning(1_000);
            concerns = List.of(raised);
            await(() -> receiver.accepted().size() == 1, "accepted");
            TestReceiver.Post post = receiver.accepted().getFirst();
            assertThat(post.path()).isEqualTo("/prefix/api/v2/alerts");
            assertThat(JsonMapper.shared()
                            .readTree(post.body())
                            .path(0)
                            .path("labels")
                            .path("severity")
                            .asString())
                    .isEqualTo("warning");

            concerns = List.of(Concerns.cleared(raised, 2_000));
            await(() -> receiver.accepted().size() == 2, "over");
            assertThat(alerting.deliveries(raised)).hasSize(1);
        }
    }

    @Test
    void retrainingIsAskedForOnceApproved() {
        try (TestReceiver receiver = new TestReceiver(_ -> 200);
                Alerting alerting =
                        alerting(config(Form.WEBHOOK, receiver.url("/"), new Rule(About.RETRAINING, "fraud", "ops")))) {
            concerns = List.of(Concerns.critical(1_000));
            await(() -> !alerting.retraining().isEmpty(), "asked for");
            assertThat(receiver.posts()).isEmpty();
            RetrainingRequest pending = alerting.retraining().getFirst();

            RetrainingRequest approved = alerting.decide(pending.id(), RetrainingRequest.State.APPROVED, "ann");

            await(() -> receiver.accepted().size() == 1, "told");
            JsonNode event =
                    JsonMapper.shared().readTree(receiver.accepted().getFirst().body());
            assertThat(event.path("type").asString()).isEqualTo("dev.penstock.retraining.requested.v1");
            assertThat(event.path("data").path("request").asString()).isEqualTo(pending.id());
            assertThat(event.path("data").path("approvedBy").asString()).isEqualTo("ann");
            await(
                    () -> alerting.deliveries(approved).getFirst().state() == Delivery.State.ACCEPTED,
                    "and known to be told");
            assertThatThrownBy(() -> alerting.decide(pending.id(), RetrainingRequest.State.DISMISSED, "bob"))
                    .isInstanceOf(ServingException.class);
        }
    }
}
