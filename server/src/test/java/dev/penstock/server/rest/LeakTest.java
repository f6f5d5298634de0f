package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.logging.CapturedLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Netty reports a buffer that was collected but not released, to its log and some allocations later.
class LeakTest {
    private static final int ROUNDS = 20;

    private final CapturedLog reports = CapturedLog.of(ResourceLeakDetector.class);
    private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();

    @BeforeEach
    void listen() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        // What other tests left behind is no matter of these.
        provokeReports();
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
        provokeReports();

        assertThat(reports.messages()).isEmpty();
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

    @Test
    void aBufferThatIsLeftBehindWouldBeNoticed() {
        leaveBehind();
        provokeReports();

        assertThat(reports.messages()).anyMatch(report -> report.contains("LEAK"));
    }

    private static void leaveBehind() {
        for (int i = 0; i < ROUNDS; i++) {
            ByteBuf forgotten = ByteBufAllocator.DEFAULT.buffer();
            forgotten.writeInt(i);
        }
    }

    private static void provokeReports() {
        for (int i = 0; i < ROUNDS; i++) {
            System.gc();
            for (int j = 0; j < ROUNDS; j++) {
                ByteBufAllocator.DEFAULT.buffer().release();
            }
        }
    }
}
