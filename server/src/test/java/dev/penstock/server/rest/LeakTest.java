package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.logging.CapturedLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Netty reports a buffer that was collected but not released, to its log and some allocations later.
class LeakTest {
    private static final int ROUNDS = 20;

    /// The same is reported only once.
    private static final AtomicInteger TESTS = new AtomicInteger();

    private final CapturedLog reports = CapturedLog.of(ResourceLeakDetector.class);
    private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();

    @BeforeEach
    void listen() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        // What other tests left behind is no matter of these.
        String own = "before test " + TESTS.incrementAndGet();
        leaveBehind(own);
        awaitReport(own);
        reports.records().clear();
    }

    @AfterEach
    void stopListening() {
        reports.close();
        ResourceLeakDetector.setLevel(before);
    }

    @Test
    void noBufferIsLeftBehindByGoodBadAndAbandonedRequests() throws Exception {
        try (RestFixture rest = new RestFixture()) {
            for (int i = 0; i < ROUNDS; i++) {
                sendEverything(rest, i);
            }
        }
        // What was collected before the second is made is reported with it, if not before.
        for (String own : List.of("first", "second")) {
            leaveBehind(own);
            awaitReport(own);
        }

        assertThat(reports.messages()).allMatch(report -> isOf(report, "first") || isOf(report, "second"));
    }

    private static void sendEverything(RestFixture rest, int round) throws Exception {
        String input = "{\"name\":\"fp32\",\"shape\":[2],\"datatype\":\"FP32\",";
        rest.inferEcho("{\"inputs\":[" + input + "\"data\":[1,2]}]}");
        rest.inferEcho("{\"inputs\":[" + input + "\"data\":[1,NaN]}]}");
        rest.inferEcho("{\"inputs\":[" + input + "\"data\":[1,tru]}]}");
        rest.inferEcho("{\"inputs\":[" + input + "\"data\":[1]}]}");
        rest.post("/v2/models/nope/infer", "{\"inputs\":[]}");
        rest.post("/v2/repository/models/x/load", "{\"parameters\":{}}");
        rest.post("/v3", "body");
        String json = "{\"parameters\":{\"binary_data_output\":true},\"inputs\":[" + input
                + "\"parameters\":{\"binary_data_size\":8}}]}";
        String binary = "POST /v2/models/echo/infer HTTP/1.1\r\nHost: x\r\nInference-Header-Content-Length: "
                + json.length() + "\r\nContent-Length: " + (json.length() + 8) + "\r\n\r\n" + json + "12345678";
        abandon(rest, binary.substring(0, binary.length() - 1 - round));
        abandon(rest, binary + binary + binary);
        abandon(rest, binary + "nonsense\r\n\r\n" + binary);
        abandon(rest, "POST /v2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n4\r\nef");
        abandon(rest, "POST /v2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\nzz\r\n");
        try (RawClient client = new RawClient(rest.port())) {
            client.send(binary + "HEAD /v2 HTTP/1.1\r\nHost: x\r\n\r\n" + binary);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read(false).status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    private static void abandon(RestFixture rest, String text) throws IOException {
        try (RawClient client = new RawClient(rest.port())) {
            client.send(text);
        }
    }

    /// @param hint that its report has
    private static void leaveBehind(String hint) {
        ByteBuf forgotten = ByteBufAllocator.DEFAULT.buffer();
        forgotten.touch(hint);
    }

    private void awaitReport(String hint) {
        TestReceiver.await(
                () -> {
                    System.gc();
                    // Who allocates tells what was collected.
                    ByteBufAllocator.DEFAULT.buffer().release();
                    return reports.messages().stream().anyMatch(report -> isOf(report, hint));
                },
                "the report of the " + hint);
    }

    private static boolean isOf(String report, String hint) {
        return report.contains("LEAK") && report.contains("Hint: " + hint);
    }

    @Test
    void eachBufferThatIsLeftBehindIsNoticed() {
        for (int i = 0; i < ROUNDS; i++) {
            leaveBehind("forgotten " + i + ".");
        }

        for (int i = 0; i < ROUNDS; i++) {
            awaitReport("forgotten " + i + ".");
        }
    }
}
