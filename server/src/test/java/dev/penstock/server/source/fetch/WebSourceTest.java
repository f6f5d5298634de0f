package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.FetchProgress;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebSourceTest {
    private static final byte[] MODEL = new byte[2_500_000];
    private static final String TAG = "ETag: \"one\"\r\n";

    static {
        new Random(7).nextBytes(MODEL);
    }

    @TempDir
    Path data;

    @Test
    void aFileIsFetchedVerifiedAndShown() throws Exception {
        List<Long> seen = new ArrayList<>();
        try (TestWeb web = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", MODEL));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            Fetched fetched = fetches.fetch(
                    web.uri("/m.onnx?rev=2&token=secret"), Fetches.sha256(MODEL), (done, total) -> seen.add(done));

            assertThat(fetched.files())
                    .containsExactly(new StoredFile("model.onnx", Fetches.sha256(MODEL), MODEL.length));
            assertThat(fetches.content(fetched, "model.onnx")).isEqualTo(MODEL);
            assertThat(fetched.source()).isEqualTo(web.uri("/m.onnx?rev=2&token=REDACTED"));
            assertThat(seen).isSorted().hasSizeGreaterThan(2).endsWith((long) MODEL.length);
        }
    }

    @Test
    void aChunkedAnswerIsTaken() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> {
                    TestWeb.head(out, 200, "Transfer-Encoding: chunked\r\n");
                    out.write("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            assertThat(fetches.content(fetches.fetch(web.uri("/m"), ""), "model.onnx"))
                    .asString()
                    .isEqualTo("abcde");
        }
    }

    @Test
    void aDownloadThatNobodyWantsAnyMoreEndsWhetherItsServerSendsOrNot() throws Exception {
        for (boolean silent : List.of(true, false)) {
            AtomicBoolean gone = new AtomicBoolean();
            CountDownLatch ended = new CountDownLatch(1);
            try (TestWeb web = new TestWeb((request, out) -> {
                        TestWeb.head(out, 200, "Content-Length: 2000000\r\n" + TAG);
                        out.write(MODEL, 0, 1_200_000);
                        out.flush();
                        gone.set(true);
                        if (silent) {
                            await(ended);
                        } else {
                            out.write(MODEL, 1_200_000, 800_000);
                        }
                    });
                    Fetches fetches = new Fetches(data, "127.0.0.1")) {
                assertThatThrownBy(() -> fetches.fetch(web.uri("/m"), "", new FetchProgress() {
                            @Override
                            public void bytes(long done, long total) {
                                // Nobody looks.
                            }

                            @Override
                            public String givenUp() {
                                return gone.get() ? "nobody listens" : "";
                            }
                        }))
                        .isInstanceOf(FetchException.class)
                        .hasMessage("it was given up: nobody listens");
                assertThat(data.resolve("incoming")).isEmptyDirectory();
                ended.countDown();
            }
        }
    }

    @Test
    void aProxyIsAskedForNamesThatAreListedAndForAddressesOfOthers() throws Exception {
        List<String> targets = new ArrayList<>();
        try (TestWeb proxy = new TestWeb((request, out) -> {
                    targets.add(request.method() + " " + request.target() + " " + request.header("host"));
                    if (request.method().equals("CONNECT")) {
                        TestWeb.reply(out, 403, "", "");
                    } else {
                        TestWeb.reply(out, 200, "", "hello");
                    }
                });
                Fetches fetches = new Fetches(data, "inside.penstock.invalid", "*.example.org")
                        .proxy(proxy.host())
                        .resolver(host -> List.of(InetAddress.ofLiteral(
                                switch (host) {
                                    case "127.0.0.1" -> "127.0.0.1";
                                    case "a.example.org" -> "93.184.215.14";
                                    case "b.example.org" -> "10.0.0.7";
                                    default -> throw new UnknownHostException(host);
                                })))) {
            // Its own name is not looked up here.
            fetches.fetch("http://inside.penstock.invalid/m", "");
            fetches.fetch("http://a.example.org:8080/m?x=1", "");
            fetches.assertFails(Reason.REFUSED, "http://b.example.org/m", "");
            fetches.assertFails(Reason.REFUSED, "http://elsewhere.invalid/m", "");
            fetches.assertFails(Reason.UNREACHABLE, "https://a.example.org/m", "");

            assertThat(targets.stream().distinct())
                    .containsExactly(
                            "GET http://inside.penstock.invalid:80/m inside.penstock.invalid",
                            "GET http://93.184.215.14:8080/m?x=1 a.example.org:8080",
                            "CONNECT 93.184.215.14:443 93.184.215.14:443");
        }
    }

    @Test
    void anotherHashIsRefused() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", "other"));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            fetches.assertFails(Reason.CORRUPT, web.uri("/m"), Fetches.sha256(MODEL));
            assertNothingLeft();
        }
    }

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

    @Test
    void anAnswerWhoseEndCannotBeToldNeedsAHash() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> {
                    TestWeb.head(out, 200, "");
                    out.write(MODEL);
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            assertThat(fetches.assertFails(Reason.REFUSED, web.uri("/m"), "")).contains("sha256");
            assertThat(fetches.fetch(web.uri("/m"), Fetches.sha256(MODEL)).files())
                    .hasSize(1);
        }
    }

    @Test
    void anEndlessBodyEndsAtTheLimit() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> {
                    TestWeb.head(out, 200, "Transfer-Encoding: chunked\r\n" + TAG);
                    while (true) {
                        out.write("10000\r\n".getBytes(StandardCharsets.US_ASCII));
                        out.write(new byte[0x10000]);
                        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            fetches.assertFails(Reason.TOO_LARGE, web.uri("/m"), "");
            assertNothingLeft();
        }
    }

    @Test
    void whatIsAnnouncedTooLargeIsNotRead() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> TestWeb.head(out, 200, "Content-Length: 99999999999\r\n"));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            assertThat(fetches.assertFails(Reason.TOO_LARGE, web.uri("/m"), "")).contains("99999999999");
        }
    }

    @Test
    void aSilentServerIsGivenUpAndSoIsOneThatTakesTooLong() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (TestWeb web = new TestWeb((request, out) -> await(over));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            Duration minute = Duration.ofMinutes(1);
            fetches.limits(new SourceSettings.Limits(100, 100, 1, Duration.ofMillis(300), minute, minute));
            fetches.assertFails(Reason.UNREACHABLE, web.uri("/m"), "");
            over.countDown();
        }
    }

    @Test
    void redirectsAreFollowedOnlyToAllowedHostsAndNeverForEver() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> {
                    String to = switch (request.target()) {
                        case "/good" -> "/m";
                        case "/metadata" -> "http://169.254.169.254/latest/meta-data/";
                        case "/elsewhere" -> "http://localhost:1/m";
                        case "/file" -> "file:///etc/passwd";
                        case "/loop" -> "/loop";
                        default -> "";
                    };
                    TestWeb.reply(out, to.isEmpty() ? 200 : 302, "Location: " + to + "\r\n", "model");
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            assertThat(fetches.fetch(web.uri("/good"), "").files()).hasSize(1);
            assertThat(fetches.assertFails(Reason.REFUSED, web.uri("/metadata"), ""))
                    .contains("169.254.169.254");
            assertThat(fetches.assertFails(Reason.REFUSED, web.uri("/elsewhere"), ""))
                    .contains("localhost");
            fetches.assertFails(Reason.REFUSED, web.uri("/file"), "");
            fetches.assertFails(Reason.UNREACHABLE, web.uri("/loop"), "");
        }
    }

    @Test
    void whatIsConnectedToIsTheAddressThatWasJudged() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        try (TestWeb web = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", "model"));
                Fetches fetches = new Fetches(data, "a.penstock.invalid")) {
            // Nobody but this resolver knows the name, so a second look anywhere would fail.
            fetches.resolver(host -> {
                looks.incrementAndGet();
                return List.of(InetAddress.getLoopbackAddress());
            });

            assertThat(fetches.fetch("http://a.penstock.invalid:" + web.port() + "/m", "")
                            .files())
                    .hasSize(1);
            assertThat(looks).hasValue(1);
            assertThat(web.requests().getFirst().header("host")).isEqualTo("a.penstock.invalid:" + web.port());
        }
    }

    @Test
    void credentialsGoToTheirHostAndNoFurther() throws Exception {
        Path headers = Files.createDirectory(data.resolve("headers"));
        try (TestWeb other = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", "model"));
                TestWeb web = new TestWeb((request, out) ->
                        TestWeb.reply(out, 302, "Location: " + other.uri("/signed?sig=1") + "\r\n", ""));
                Fetches fetches = new Fetches(data, "127.0.0.1").headers(headers)) {
            Files.writeString(headers.resolve("127.0.0.1_" + web.port()), "Authorization: Bearer HIDDEN\n");
            Files.writeString(headers.resolve("127.0.0.1"), "Authorization: Bearer ENCRYPTED-ONLY\n");

            assertThat(fetches.fetch(web.uri("/m"), "").files()).hasSize(1);

            assertThat(web.requests().getFirst().header("authorization")).isEqualTo("Bearer HIDDEN");
            assertThat(other.requests().getFirst().headers()).doesNotContainKey("authorization");
        }
    }

    @Test
    void statusesAreSaidInWords() throws Exception {
        try (TestWeb web = new TestWeb((request, out) ->
                        TestWeb.reply(out, Integer.parseInt(request.target().substring(1, 4)), "", ""));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            fetches.assertFails(Reason.NOT_FOUND, web.uri("/404"), "");
            assertThat(fetches.assertFails(Reason.REFUSED, web.uri("/403?token=HIDDEN"), ""))
                    .contains("credentials")
                    .doesNotContain("HIDDEN");
            fetches.assertFails(Reason.UNREACHABLE, web.uri("/500"), "");
        }
    }

    @Test
    void whatIsNoHttpIsRefused() throws Exception {
        for (String garbage :
                List.of("\r\n", "SSH-2.0-x\r\n", "HTTP/1.1 2000 X\r\n\r\n", "HTTP/1.1 200 X\r\n: x\r\n\r\n")) {
            try (TestWeb web = new TestWeb((request, out) -> out.write(garbage.getBytes(StandardCharsets.US_ASCII)));
                    Fetches fetches = new Fetches(data, "127.0.0.1")) {
                fetches.assertFails(Reason.UNREACHABLE, web.uri("/m"), "");
            }
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

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void assertNothingLeft() throws IOException {
        for (String folder : List.of("incoming", "parts", "open")) {
            Path path = data.resolve(folder);
            if (Files.exists(path)) {
                try (Stream<Path> left = Files.list(path)) {
                    assertThat(left).isEmpty();
                }
            }
        }
    }
}
