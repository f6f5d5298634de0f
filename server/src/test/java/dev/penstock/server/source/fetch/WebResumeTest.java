package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Downloads that break off and go on.
class WebResumeTest extends WebFolder {
    @Test
    void aBrokenDownloadGoesOnWhereItBroke() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestWeb web = new TestWeb((request, out) -> {
                    int from = from(request);
                    int to = calls.incrementAndGet() < 4 ? Math.min(MODEL.length, from + 700_000) : MODEL.length;
                    sendPart(request, out, from, to);
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            Fetched fetched = fetches.fetch(web.uri("/m"), "");

            assertThat(fetches.content(fetched, "model.onnx")).isEqualTo(MODEL);
            assertThat(web.requests()).hasSize(4);
            assertThat(web.requests().getLast().header("range")).isEqualTo("bytes=2100000-");
            assertThat(web.requests().getLast().header("if-range")).isEqualTo("\"one\"");
            assertNothingLeft();
        }
    }

    @Test
    void aLaterTryGoesOnFromWhatAnEarlierOneLeft() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestWeb web = new TestWeb((request, out) -> {
            if (calls.incrementAndGet() == 1) {
                sendPart(request, out, 0, 1_000_000);
            } else if (calls.get() < 8) {
                TestWeb.reply(out, 503, "", "");
            } else {
                sendPart(request, out, from(request), MODEL.length);
            }
        })) {
            try (Fetches fetches = new Fetches(data, "127.0.0.1")) {
                fetches.assertFails(Reason.UNREACHABLE, web.uri("/m"), "");
            }
            try (Fetches fetches = new Fetches(data, "127.0.0.1")) {
                calls.set(8);
                Fetched fetched = fetches.fetch(web.uri("/m"), "");

                assertThat(fetches.content(fetched, "model.onnx")).isEqualTo(MODEL);
                assertThat(web.requests().getLast().header("range")).isEqualTo("bytes=999999-");
                assertNothingLeft();
            }
        }
    }

    @Test
    void whatChangedSinceAnEarlierTryIsFetchedAnew() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestWeb web = new TestWeb((request, out) -> {
                    if (calls.incrementAndGet() == 1) {
                        sendPart(request, out, 0, 1_000_000);
                    } else if (calls.get() < 8) {
                        TestWeb.reply(out, 503, "", "");
                    } else {
                        TestWeb.reply(out, 200, "ETag: \"two\"\r\n", "quite another");
                    }
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            fetches.assertFails(Reason.UNREACHABLE, web.uri("/m"), "");
            calls.set(8);
            assertThat(fetches.content(fetches.fetch(web.uri("/m"), ""), "model.onnx"))
                    .asString()
                    .isEqualTo("quite another");
        }
    }

    @Test
    void bytesOfTwoVersionsAreNeverMixed() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (TestWeb web = new TestWeb((request, out) -> {
                    if (calls.incrementAndGet() == 1) {
                        sendPart(request, out, 0, 1_000_000);
                    } else {
                        TestWeb.reply(out, 200, "ETag: \"two\"\r\n", MODEL);
                    }
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            assertThat(fetches.assertFails(Reason.UNREACHABLE, web.uri("/m"), ""))
                    .contains("changed");
            assertNothingLeft();
        }
    }

    @Test
    void withoutAnETagACutOffFileIsNotPatched() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> {
                    TestWeb.head(out, 200, "Content-Length: 10\r\n");
                    out.write("12345".getBytes(StandardCharsets.US_ASCII));
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            assertThat(fetches.assertFails(Reason.UNREACHABLE, web.uri("/m"), ""))
                    .contains("ETag");
            assertThat(web.requests()).hasSize(1);
            assertNothingLeft();
        }
    }

    private static int from(TestWeb.Request request) {
        String range = request.header("range");
        return range.isEmpty() ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }

    /// Announces all from there on and sends only up to `to`.
    private static void sendPart(TestWeb.Request request, OutputStream out, int from, int to) throws IOException {
        String length = "Content-Length: " + (MODEL.length - from) + "\r\n";
        if (request.header("range").isEmpty()) {
            TestWeb.head(out, 200, TAG + length);
        } else {
            String range = "Content-Range: bytes %d-%d/%d\r\n".formatted(from, MODEL.length - 1, MODEL.length);
            TestWeb.head(out, 206, TAG + length + range);
        }
        out.write(Arrays.copyOfRange(MODEL, from, to));
    }
}
