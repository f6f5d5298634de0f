package dev.penstock.loadtest.engine;

import static dev.penstock.loadtest.engine.FrameServer.MESSAGE;
import static dev.penstock.loadtest.engine.FrameServer.NOT_FOUND_ONLY;
import static dev.penstock.loadtest.engine.FrameServer.OK_HEAD;
import static dev.penstock.loadtest.engine.FrameServer.OK_TRAILERS;
import static dev.penstock.loadtest.engine.FrameServer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What servers may do beside answering as usual, and what they may not.
@Timeout(400)
class OddServersTest {
    private static final int LAST_HEADERS = H2.END_HEADERS | H2.END_STREAM;
    private static final Payload PAYLOAD =
            Payload.of("/a.B/C", Map.of(), new byte[10]).expecting(AnswerCheck.exactly(new byte[] {1, 2, 3}));

    private static LoadResult run(FrameServer server, int streams, long requests) {
        LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(PAYLOAD))
                .streams(streams)
                .verifyEvery(1)
                .timeout(Duration.ofMinutes(2))
                .extent(new Extent.Requests(0, requests))
                .build();
        return new LoadRun(System::nanoTime).run(plan, PhaseObserver.NONE);
    }

    private static LoadResult run(FrameServer.Script script, int streams, long requests) throws IOException {
        try (FrameServer server = new FrameServer("", script)) {
            return run(server, streams, requests);
        }
    }

    @Test
    void anAnswerInPiecesIsOneAnswer() throws IOException {
        LoadResult result = run(
                (connection, stream, out) -> {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    FrameServer.answerOk(stream, bytes);
                    for (byte octet : bytes.toByteArray()) {
                        out.write(octet);
                    }
                },
                3,
                30);

        assertThat(result.verified()).isEqualTo(30);
    }

    @Test
    void anAnswerWithoutAStatusIsAFailure() throws IOException {
        LoadResult result =
                run((connection, stream, out) -> out.write(frame(H2.HEADERS, LAST_HEADERS, stream, OK_TRAILERS)), 1, 5);

        assertThat(result.errors()).isEqualTo(Map.of("PROTOCOL_ERROR", 5L));
    }

    @Test
    void framesOfAllFormsMakeOneAnswer() throws IOException {
        LoadResult result = run(
                (connection, stream, out) -> {
                    int flags = H2.END_HEADERS | H2.PADDED | H2.PRIORITY;
                    out.write(frame(H2.HEADERS, flags, stream, "01" + "0000000010" + OK_HEAD + "00"));
                    out.write(frame(0xfa, 0, stream, "0102"));
                    out.write(frame(H2.DATA, H2.PADDED, stream, "02" + MESSAGE.substring(0, 12) + "0000"));
                    out.write(frame(H2.DATA, 0, stream, ""));
                    out.write(frame(H2.DATA, H2.PADDED, stream, "00" + MESSAGE.substring(12)));
                    out.write(frame(H2.HEADERS, H2.END_STREAM, stream, OK_TRAILERS.substring(0, 10)));
                    out.write(frame(H2.CONTINUATION, 0, stream, OK_TRAILERS.substring(10, 12)));
                    out.write(frame(H2.CONTINUATION, H2.END_HEADERS, stream, OK_TRAILERS.substring(12)));
                },
                2,
                20);

        assertThat(result.errors()).isEmpty();
        assertThat(result.verified()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource({"0, RESET NO_ERROR", "7, RESET REFUSED_STREAM", "11, RESET ENHANCE_YOUR_CALM", "99, PROTOCOL_ERROR"})
    void aResetIsCountedByItsCode(int error, String code) throws IOException {
        LoadResult result = run(
                (connection, stream, out) -> out.write(frame(H2.RST_STREAM, 0, stream, "000000%02x".formatted(error))),
                2,
                10);

        assertThat(result.errors()).isEqualTo(Map.of(code, 10L));
        assertThat(result.reconnects()).isZero();
    }

    @Test
    void trailersWithoutAnAnswerAreAFailure() throws IOException {
        LoadResult notFound = run(
                (connection, stream, out) -> out.write(frame(H2.HEADERS, LAST_HEADERS, stream, NOT_FOUND_ONLY)), 2, 10);
        LoadResult empty = run(
                (connection, stream, out) -> out.write(frame(H2.HEADERS, LAST_HEADERS, stream, OK_HEAD + OK_TRAILERS)),
                2,
                10);

        assertThat(notFound.errors()).isEqualTo(Map.of("NOT_FOUND", 10L));
        assertThat(empty.errors()).isEqualTo(Map.of("EMPTY_ANSWER", 10L));
    }

    @ParameterizedTest
    @CsvSource({"8d, HTTP 404", "8e, HTTP 500", "0803353033, HTTP 503"})
    void anHttpErrorIsAFailure(String head, String code) throws IOException {
        LoadResult result =
                run((connection, stream, out) -> out.write(frame(H2.HEADERS, LAST_HEADERS, stream, head)), 1, 5);

        assertThat(result.errors()).isEqualTo(Map.of(code, 5L));
    }

    @Test
    void anAnswerThatBreaksOffIsAFailure() throws IOException {
        LoadResult result = run(
                (connection, stream, out) -> {
                    out.write(frame(H2.HEADERS, H2.END_HEADERS, stream, OK_HEAD));
                    out.write(frame(H2.DATA, 0, stream, MESSAGE.substring(0, 14)));
                    out.write(frame(H2.HEADERS, LAST_HEADERS, stream, OK_TRAILERS));
                },
                1,
                5);

        assertThat(result.errors()).isEqualTo(Map.of("PROTOCOL_ERROR", 5L));
    }

    @Test
    void goodbyeMakesANewConnectionAndLosesNothing() throws IOException {
        AtomicInteger answered = new AtomicInteger();

        LoadResult result = run(
                (connection, stream, out) -> {
                    if (answered.incrementAndGet() % 10 == 0) {
                        out.write(frame(H2.GOAWAY, 0, 0, "7fffffff00000000"));
                    }
                    FrameServer.answerOk(stream, out);
                },
                1,
                35);

        assertThat(result.errors()).isEmpty();
        assertThat(result.succeeded()).isEqualTo(35);
        assertThat(result.reconnects()).isEqualTo(3);
    }

    @Test
    void whatIsBehindTheLastStreamOfAGoodbyeIsCounted() throws IOException {
        LoadResult result = run(
                (connection, stream, out) -> {
                    if (connection == 0) {
                        out.write(frame(H2.GOAWAY, 0, 0, "0000000000000000"));
                    } else {
                        FrameServer.answerOk(stream, out);
                    }
                },
                1,
                5);

        assertThat(result.errors()).isEqualTo(Map.of("GOAWAY", 1L));
        assertThat(result.succeeded()).isEqualTo(4);
    }

    @Test
    void aConnectionThatIsCutIsCountedAndMadeAnew() throws IOException {
        LoadResult result = run(
                (connection, stream, out) -> {
                    if (stream == 5) {
                        throw new IOException("cut");
                    }
                    FrameServer.answerOk(stream, out);
                },
                1,
                9);

        assertThat(result.errors()).isEqualTo(Map.of("CONNECTION_LOST", 3L));
        assertThat(result.succeeded()).isEqualTo(6);
        assertThat(result.reconnects()).isBetween(2L, 3L);
    }

    @Test
    void aPingIsAnsweredAndSettingsAreAcknowledged() throws IOException {
        FrameServer.Script script = (connection, stream, out) -> {
            out.write(frame(H2.PING, 0, 0, "0102030405060708"));
            FrameServer.answerOk(stream, out);
        };
        try (FrameServer server = new FrameServer("", script)) {
            assertThat(run(server, 1, 3).errors()).isEmpty();

            assertThat(server.seen).contains("4:1:", "6:1:0102030405060708");
            assertThat(server.seen.getFirst()).startsWith("4:0:000100000000");
        }
    }

    @Test
    void aTableEntryThatWasNotAllowedEndsTheConnection() throws IOException {
        LoadResult result = run(
                (connection, stream, out) -> out.write(frame(H2.HEADERS, LAST_HEADERS, stream, OK_HEAD + "be")), 1, 3);

        assertThat(result.errors()).isEqualTo(Map.of("PROTOCOL_ERROR", 3L));
    }

    @Test
    void aServerThatAllowsFewerStreamsThanPlannedIsAnException() throws IOException {
        try (FrameServer server = new FrameServer("000300000002", (connection, stream, out) -> {})) {
            assertThatExceptionOfType(LoadException.class)
                    .isThrownBy(() -> run(server, 3, 1))
                    .withMessage("the server allows 2 streams on a connection (expected: 3, as planned)");
        }
    }

    @Test
    void aSmallWindowAndNoTableAreRespected() throws IOException {
        // No table, 4 bytes of each stream at a time.
        FrameServer.Script script = (connection, stream, out) -> FrameServer.answerOk(stream, out);
        try (FrameServer server = new FrameServer("000100000000" + "000400000004", script)) {
            LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(PAYLOAD))
                    .timeout(Duration.ofMillis(50))
                    .extent(new Extent.Requests(0, 2))
                    .build();

            LoadResult result = new LoadRun(System::nanoTime).run(plan, PhaseObserver.NONE);

            // Nobody gives it more.
            assertThat(result.errors()).isEqualTo(Map.of("TIMEOUT", 2L));
        }
    }
}
