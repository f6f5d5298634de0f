package dev.penstock.server.alerting;

import static dev.penstock.server.alerting.TestReceiver.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.Form;
import dev.penstock.server.config.AlertsConfig.Receiver;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.Resolver;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What one receiver, or what is known of one alert, must not do to the others.
@Timeout(400)
class ReceiversTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration QUICKLY = Duration.ofMillis(10);

    private final AtomicInteger ids = new AtomicInteger();
    private volatile List<Concern> concerns = List.of();

    @TempDir
    private Path folder;

    private Alerting alerting(Function<ModelKey, @Nullable Facts> facts, Receivers.Means means, Receiver... receivers) {
        Alerting alerting = new Alerting(
                new AlertsConfig(
                        List.of(receivers),
                        List.of(),
                        List.of("127.0.0.1", "slow.example"),
                        Optional.empty(),
                        Duration.ZERO,
                        Duration.ZERO,
                        NEVER,
                        NEVER,
                        16,
                        AlertsConfig.OFF.retraining()),
                new Alerting.Around(
                        "eu",
                        "",
                        folder,
                        () -> concerns,
                        facts,
                        InstantSource.system(),
                        new SplittableRandom(5),
                        () -> "e" + ids.incrementAndGet()),
                means);
        alerting.start();
        return alerting;
    }

    private static Receivers.Means means(Resolver resolver) {
        return new Receivers.Means(QUICKLY, QUICKLY, Duration.ofSeconds(30), resolver);
    }

    private static Receiver webhook(String name, String url) {
        return new Receiver(name, Form.WEBHOOK, URI.create(url));
    }

    @Test
    void aReceiverThatNeverAnswersHoldsUpNoOther() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (TestReceiver silent = new TestReceiver(_ -> {
                    awaitFor(end);
                    return 204;
                });
                AutoCloseable _ = end::countDown;
                TestReceiver webhook = new TestReceiver(_ -> 204);
                TestReceiver manager = new TestReceiver(_ -> 200);
                Alerting alerting = alerting(
                        _ -> null,
                        means(Resolver.SYSTEM),
                        webhook("a", silent.url("/")),
                        webhook("b", webhook.url("/")),
                        new Receiver("c", Form.ALERTMANAGER, URI.create(manager.url("/"))))) {
            concerns = List.of(Concerns.warning(1_000));

            await(() -> !webhook.accepted().isEmpty(), "the webhook is told");
            await(() -> !manager.accepted().isEmpty(), "the Alertmanager is told");
            concerns = List.of(Concerns.cleared(Concerns.warning(1_000), 2_000));
            await(() -> webhook.accepted().size() == 2, "and of the end, too");
            assertThat(alerting.receivers().getFirst().waiting()).isEqualTo(2);
        }
    }

    /// As those do that no interrupt ends.
    private static void awaitFor(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aNameThatIsNeverFoundDoesNotHoldUpTheEnd() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        Resolver resolver = _ -> {
            asked.countDown();
            awaitFor(end);
            left.countDown();
            return List.of(InetAddress.getLoopbackAddress());
        };
        try {
            Alerting alerting = alerting(_ -> null, means(resolver), webhook("ops", "http://slow.example/"));
            concerns = List.of(Concerns.warning(1_000));
            asked.await();

            alerting.close();

            ReceiverStatus status = alerting.receivers().getFirst();
            assertThat(status.waiting()).isZero();
            assertThat(status.events()).containsEntry(Outcome.SHUTDOWN, 1L).containsEntry(Outcome.ACCEPTED, 0L);
            assertThat(Files.readAllLines(folder.resolve(DeadLetters.NAME))).hasSize(1);
        } finally {
            end.countDown();
        }
        left.await();
    }

    @Test
    void aDiskThatHangsHoldsUpNeitherLooksNorTheEnd() throws Exception {
        // Whoever opens a pipe to write waits for somebody who reads.
        Path pipe = folder.resolve(DeadLetters.NAME);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        try (TestReceiver receiver = new TestReceiver(_ -> 410)) {
            Alerting alerting = alerting(
                    _ -> null,
                    new Receivers.Means(QUICKLY, Duration.ofSeconds(30), QUICKLY, Resolver.SYSTEM),
                    webhook("ops", receiver.url("/")));
            concerns = List.of(Concerns.warning(1_000));
            await(() -> refused(alerting) == 1, "given up");
            // The next one is tried, and seen, while the first is not written.
            concerns = List.of(Concerns.cleared(Concerns.warning(1_000), 2_000));
            await(() -> refused(alerting) == 2, "the next one, too");
            assertThat(alerting.receivers().getFirst().unkept()).isZero();

            alerting.close();

            assertThat(alerting.receivers().getFirst().unkept()).isEqualTo(2);
        } finally {
            // Of both, so that it waits for nobody itself.
            try (RandomAccessFile read = new RandomAccessFile(pipe.toFile(), "rw")) {
                assertThat(read.readLine()).contains("\"result\":\"refused\"");
            }
        }
    }

    private static long refused(Alerting alerting) {
        return alerting.receivers().getFirst().events().getOrDefault(Outcome.REFUSED, 0L);
    }

    @Test
    void anAlertOfWhichNothingMoreIsKnownIsToldOfAllTheSameAndSoAreTheOthers() {
        Function<ModelKey, @Nullable Facts> facts = _ -> {
            throw new IllegalStateException("not there");
        };
        try (TestReceiver receiver = new TestReceiver(_ -> 204);
                Alerting alerting = alerting(facts, means(Resolver.SYSTEM), webhook("ops", receiver.url("/")))) {
            Concern first = Concerns.warning(1_000);
            Concern second = Concerns.drift(new ModelKey("digits", 2), first.severity(), 2_000, 0);
            concerns = List.of(first, second);

            await(() -> receiver.accepted().size() == 2, "told of both");
            assertThat(receiver.accepted().getFirst().body()).contains("models/fraud/versions/8");
            assertThat(receiver.accepted().getLast().body()).contains("models/digits/versions/2");
            await(() -> alerting.receivers().getFirst().waiting() == 0, "settled");
        }
    }

    @Test
    void whatCannotBePostedIsAFailureThatShowsNoSecret() throws InterruptedException {
        Hosts hosts = new Hosts(List.of("127.0.0.1"), Resolver.SYSTEM, "alerts.allowed-hosts");
        try (Poster poster = new Poster(hosts, NEVER, InstantSource.system())) {
            Poster.Answer answer = poster.post(URI.create("http://127.0.0.1:1/s3cret"), Map.of("X", "s3cret\n"), "{}");

            assertThat(answer.accepted()).isFalse();
            assertThat(answer.failure()).contains("IllegalArgumentException").doesNotContain("s3cret");
        }
    }

    @Test
    void aReceiverSaysByANumberOrADateWhenItMayBeTriedAgain() {
        long nowMillis = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
        assertThat(Poster.retryAfterMillis("120", nowMillis)).isEqualTo(120_000);
        assertThat(Poster.retryAfterMillis("Sat, 31 Jan 2026 12:02:30 GMT", nowMillis))
                .isEqualTo(150_000);
        assertThat(Poster.retryAfterMillis("Sat, 31 Jan 2026 11:00:00 GMT", nowMillis))
                .isZero();
        for (String nothing : List.of("", "soon", "-3", "9999999999999", "Sat, 32 Jan 2026 12:02:30 GMT")) {
            assertThat(Poster.retryAfterMillis(nothing, nowMillis)).as(nothing).isZero();
        }
    }

    @Test
    void aTurnThatGoesWrongIsNotTheLast() {
        AtomicInteger turns = new AtomicInteger();
        Messenger messenger = new Messenger(
                new Channel() {
                    @Override
                    public String name() {
                        return "ops";
                    }

                    @Override
                    public void turn() {
                        if (turns.incrementAndGet() == 1) {
                            throw new IllegalStateException("once");
                        }
                    }

                    @Override
                    public long dueMillis() {
                        return 0;
                    }

                    @Override
                    public ReceiverStatus status() {
                        return new ReceiverStatus("ops", Form.WEBHOOK, "", 0, 0, 0, Map.of(), 0, "", 0);
                    }

                    @Override
                    public void giveUp() {}
                },
                InstantSource.system());
        messenger.start();
        await(() -> turns.get() > 2, "more turns");
        Thread thread = messenger.end();
        await(() -> !thread.isAlive(), "ended");
    }
}
