package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.calls.CallQueue;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of exposures whose sink does not take them. The times are given.
@Timeout(240)
class ExposureEventsTest extends ExposureTests {
    private long nowNanos;

    ExposureEventsTest() {
        super(ExposureEvents.class);
    }

    private ExposureEvents events(String sink, Duration timeout, Duration pause) {
        return new ExposureEvents(
                URI.create(sink),
                Map.of("Authorization", "Bearer word"),
                "/penstock",
                _ -> 1,
                () -> nowNanos,
                InstantSource.system(),
                new EventPoster.Patience(timeout, pause));
    }

    private ExposureEvents events(TestReceiver sink) {
        return events(sink.url("/events"), Duration.ofSeconds(20), Duration.ofMillis(1));
    }

    @Test
    void whatTheSinkTakesIsNotLostAndHasTheHeaders() {
        try (TestReceiver sink = new TestReceiver(_ -> 204);
                ExposureEvents events = events(sink)) {
            assertThat(events.write(calls(3))).isZero();
            assertThat(sink.posts())
                    .hasSize(3)
                    .allSatisfy(post -> assertThat(post.header("authorization")).isEqualTo("Bearer word"));
            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    void whatTheSinkRefusesIsLostAtOnce() {
        try (TestReceiver sink = new TestReceiver(_ -> 400);
                ExposureEvents events = events(sink)) {
            assertThat(events.write(calls(4))).isEqualTo(4);
            assertThat(sink.posts()).hasSize(4);
        }
    }

    @Test
    void aSinkThatFailsIsTriedThreeTimes() {
        try (TestReceiver sink = new TestReceiver(before -> before < 5 ? 500 : 202);
                ExposureEvents events = events(sink)) {
            assertThat(events.write(calls(2)))
                    .as("the second one comes through")
                    .isEqualTo(1);
            assertThat(sink.posts()).hasSize(6);
            assertThat(sink.accepted()).hasSize(1);
        }
    }

    @Test
    void whatASilentSinkHasIsLost() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ExposureEvents events = events(
                        "http://127.0.0.1:" + silent.getLocalPort() + "/",
                        Duration.ofMillis(50),
                        Duration.ofMillis(1))) {
            assertThat(events.write(calls(2))).isEqualTo(2);
        }
    }

    @Test
    void aSinkThatRefusesEveryOtherIsToldOnceAMinute() {
        try (TestReceiver sink = new TestReceiver(before -> before % 2 == 0 ? 400 : 202);
                ExposureEvents events = events(sink)) {
            assertThat(events.write(calls(20))).isEqualTo(10);
            assertThat(log.messages()).containsExactly("10 exposures could not be posted");

            nowNanos += Duration.ofSeconds(30).toNanos();
            assertThat(events.write(calls(3))).isEqualTo(2);
            assertThat(log.messages()).hasSize(1);
            nowNanos += Duration.ofSeconds(30).toNanos();
            assertThat(events.write(calls(1))).isZero();
            assertThat(log.messages()).hasSize(2).last().isEqualTo("2 exposures could not be posted");
        }
    }

    @Test
    void closingEndsThoughTheSinkIsSilentAndCountsWhatIsLost() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ExposureEvents events = events(
                        "http://127.0.0.1:" + silent.getLocalPort() + "/", Duration.ofHours(1), Duration.ofMillis(1))) {
            CallQueue queue = new CallQueue("exposure-events", 10, 2, Duration.ZERO, System::nanoTime, events);
            calls(5).forEach(queue::offer);

            queue.close();

            assertThat(queue.dropped()).isEqualTo(5);
        }
    }

    @Test
    void whoEndsWaitsForNoPauseBetweenTries() {
        try (TestReceiver sink = new TestReceiver(_ -> 500);
                ExposureEvents events = events(sink.url("/events"), Duration.ofSeconds(20), Duration.ofHours(1))) {
            CallQueue queue = new CallQueue("exposure-events", 10, 1, Duration.ZERO, System::nanoTime, events);
            calls(2).forEach(queue::offer);
            TestReceiver.await(() -> sink.posts().size() == 1, "the first try");

            queue.close();

            assertThat(sink.posts()).as("three tries of both").hasSize(6);
            assertThat(queue.dropped()).isEqualTo(2);
        }
    }
}
