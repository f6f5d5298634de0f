package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Assigned;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallQueue;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import dev.penstock.server.calls.TraceContext;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of exposures whose sink does not take them. The times are given.
@Timeout(60)
class ExposureEventsTest {
    private static final Assigned ARM = new Assigned("front", "canary", "m", 1, "hash", true, "front/v1", 7, 0, 500);

    /// Held, or it would be forgotten.
    private static final Logger OURS = Logger.getLogger(ExposureEvents.class.getName());

    private final List<String> said = new ArrayList<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            said.add(logged.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private long nowNanos;

    @BeforeEach
    void listen() {
        OURS.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        OURS.removeHandler(handler);
    }

    private ExposureEvents events(String sink, Duration timeout) {
        return new ExposureEvents(
                URI.create(sink),
                Map.of("Authorization", "Bearer word"),
                "/penstock",
                _ -> 1,
                () -> nowNanos,
                InstantSource.system(),
                timeout);
    }

    private ExposureEvents events(TestReceiver sink) {
        return events(sink.url("/events"), Duration.ofSeconds(20));
    }

    private static List<FinishedCall> calls(int count) {
        return Collections.nCopies(count, call());
    }

    private static FinishedCall call() {
        return new FinishedCall(
                CallKind.GRPC, new CallTimes(0, 0, 0, 0, 0, 0), TraceContext.NONE, "", "m", 2, null, 1, 0, 0, "", ARM);
    }

    @Test
    void whatTheSinkTakesIsNotLostAndHasTheHeaders() {
        try (TestReceiver sink = new TestReceiver(_ -> 204);
                ExposureEvents events = events(sink)) {
            assertThat(events.write(calls(3))).isZero();
            assertThat(sink.posts())
                    .hasSize(3)
                    .allSatisfy(post -> assertThat(post.header("authorization")).isEqualTo("Bearer word"));
            assertThat(said).isEmpty();
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
                ExposureEvents events =
                        events("http://127.0.0.1:" + silent.getLocalPort() + "/", Duration.ofMillis(50))) {
            assertThat(events.write(calls(2))).isEqualTo(2);
        }
    }

    @Test
    void aSinkThatRefusesEveryOtherIsToldOnceAMinute() {
        try (TestReceiver sink = new TestReceiver(before -> before % 2 == 0 ? 400 : 202);
                ExposureEvents events = events(sink)) {
            assertThat(events.write(calls(20))).isEqualTo(10);
            assertThat(said).containsExactly("10 exposures could not be posted");

            nowNanos += Duration.ofSeconds(30).toNanos();
            assertThat(events.write(calls(3))).isEqualTo(2);
            assertThat(said).hasSize(1);
            nowNanos += Duration.ofSeconds(30).toNanos();
            assertThat(events.write(calls(1))).isZero();
            assertThat(said).hasSize(2).last().isEqualTo("2 exposures could not be posted");
        }
    }

    @Test
    void closingEndsThoughTheSinkIsSilentAndCountsWhatIsLost() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ExposureEvents events =
                        events("http://127.0.0.1:" + silent.getLocalPort() + "/", Duration.ofHours(1))) {
            CallQueue queue = new CallQueue("exposure-events", 10, 2, Duration.ZERO, System::nanoTime, events);
            calls(5).forEach(queue::offer);

            queue.close();

            assertThat(queue.dropped()).isEqualTo(5);
        }
    }
}
