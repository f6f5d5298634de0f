package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.FetchProgress;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.StoredFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WebSourceTest extends WebFolder {
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
    void anotherHashIsRefused() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", "other"));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            fetches.assertFails(Reason.CORRUPT, web.uri("/m"), Fetches.sha256(MODEL));
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

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
