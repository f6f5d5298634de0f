package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Headers of answers, in every place where they can be, counted apart.
@Timeout(120)
class HeaderPartsTest {
    private static final String VERSION = "x-penstock-version";
    private static final Payload PAYLOAD = Payload.of("/a.B/C", Map.of(), new byte[] {1, 2, 3});

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /// A field as a literal that is not remembered.
    private static String field(String name, String value, boolean coded) {
        byte[] nameBytes = coded ? Huffman.encode(name) : name.getBytes(StandardCharsets.US_ASCII);
        byte[] valueBytes = coded ? Huffman.encode(value) : value.getBytes(StandardCharsets.US_ASCII);
        int flag = coded ? 0x80 : 0;
        return "00%02x%s%02x%s"
                .formatted(flag | nameBytes.length, hex(nameBytes), flag | valueBytes.length, hex(valueBytes));
    }

    /// Takes any answer and keeps what came before it.
    private static final class Headers implements AnswerCheck {
        final List<List<String>> seen = new CopyOnWriteArrayList<>();

        @Override
        public boolean accepts(ByteBuffer answer) {
            throw new AssertionError("headers are told");
        }

        @Override
        public boolean accepts(ByteBuffer answer, long sentNanos, List<String> headers) {
            return seen.add(List.copyOf(headers));
        }
    }

    @Test
    void headersOfCallsAreReadPlainAndCodedInFrontAndBehind() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (FrameServer server = new FrameServer("", (connection, stream, out) -> {
            String first = "88";
            String last = FrameServer.OK_TRAILERS;
            switch (asked.getAndIncrement() % 5) {
                case 0 -> first += field(VERSION, "1", false);
                case 1 -> first += field(VERSION, "2", true) + field("x-other", "3", false);
                case 2 -> last = field(VERSION, "2", false) + last;
                case 3 -> last = field("grpc-status", "8", false) + field(VERSION, "1", true);
                default -> {
                    // It says nothing.
                }
            }
            out.write(FrameServer.frame(H2.HEADERS, H2.END_HEADERS, stream, first));
            out.write(FrameServer.frame(H2.DATA, 0, stream, FrameServer.MESSAGE));
            out.write(FrameServer.frame(H2.HEADERS, H2.END_HEADERS | H2.END_STREAM, stream, last));
        })) {
            LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(PAYLOAD))
                    .streams(3)
                    .breakdown(List.of(VERSION))
                    .extent(new Extent.Requests(5, 500))
                    .build();

            LoadResult result = new LoadRun(System::nanoTime).run(plan, PhaseObserver.NONE);

            assertThat(result.parts())
                    .extracting(LoadPart::kind, LoadPart::value, LoadPart::succeeded, LoadPart::errors)
                    .containsExactly(
                            tuple(VERSION, "", 100L, Map.of()),
                            tuple(VERSION, "1", 100L, Map.of("RESOURCE_EXHAUSTED", 100L)),
                            tuple(VERSION, "2", 200L, Map.of()));
        }
    }

    @Test
    void checksSeeTheHeadersThatCameBeforeTheAnswer() throws IOException {
        List<List<String>> expected = new CopyOnWriteArrayList<>();
        Headers check = new Headers();
        try (FrameServer server = new FrameServer("", (connection, stream, out) -> {
            int answer = expected.size();
            String version = answer % 3 == 0 ? "" : Integer.toString(answer % 120);
            expected.add(List.of(version));
            String first = version.isEmpty() ? "88" : "88" + field(VERSION, version, answer % 2 == 0);
            out.write(FrameServer.frame(H2.HEADERS, H2.END_HEADERS, stream, first));
            out.write(FrameServer.frame(H2.DATA, 0, stream, FrameServer.MESSAGE));
            out.write(FrameServer.frame(H2.HEADERS, H2.END_HEADERS | H2.END_STREAM, stream, FrameServer.OK_TRAILERS));
        })) {
            LoadPlan plan = LoadPlan.to(server.address(), Protocol.GRPC_UNARY, List.of(PAYLOAD.expecting(check)))
                    .breakdown(List.of(VERSION))
                    .verifyEvery(1)
                    .extent(new Extent.Requests(0, 300))
                    .build();

            new LoadRun(System::nanoTime).run(plan, PhaseObserver.NONE);
        }

        assertThat(check.seen).hasSize(300).isEqualTo(expected);
    }

    @Test
    void headersOverHttpAreReadWhateverTheirCase() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                int turn = asked.getAndIncrement() % 4;
                if (turn > 0) {
                    exchange.getResponseHeaders().set("X-Penstock-Version", turn == 1 ? "1" : "2");
                }
                exchange.sendResponseHeaders(turn == 3 ? 503 : 200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        Headers check = new Headers();
        try {
            LoadPlan plan = LoadPlan.to(server.getAddress(), Protocol.HTTP, List.of(PAYLOAD.expecting(check)))
                    .breakdown(List.of(VERSION))
                    .verifyEvery(1)
                    .extent(new Extent.Requests(0, 40))
                    .build();

            LoadResult result = new LoadRun(System::nanoTime).run(plan, PhaseObserver.NONE);

            assertThat(result.parts())
                    .extracting(LoadPart::value, LoadPart::succeeded, LoadPart::errors)
                    .containsExactly(
                            tuple("", 10L, Map.of()),
                            tuple("1", 10L, Map.of()),
                            tuple("2", 10L, Map.of("HTTP 503", 10L)));
            assertThat(check.seen).hasSize(30).startsWith(List.of(""), List.of("1"), List.of("2"), List.of(""));
        } finally {
            server.stop(0);
        }
    }
}
