package dev.penstock.loadtest.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server by hand, which reads several requests before it answers the first.
@Timeout(400)
class PipeliningTest {
    private static final int DEPTH = 5;
    private static final int REQUEST_BODY = 3;

    private static LoadResult run(String answer, long requests, Duration timeout) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(listener, answer.getBytes(US_ASCII)));
            Payload payload = Payload.of("/", Map.of(), new byte[REQUEST_BODY])
                    .expecting(AnswerCheck.exactly("ok".getBytes(US_ASCII)));
            LoadPlan plan = LoadPlan.to(
                            new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()),
                            Protocol.HTTP,
                            List.of(payload))
                    .inFlight(DEPTH)
                    .verifyEvery(1)
                    .timeout(timeout)
                    .extent(new Extent.Requests(0, requests))
                    .build();
            return new LoadRun(System::nanoTime).run(plan, PhaseObserver.NONE);
        }
    }

    private static void serve(ServerSocket listener, byte[] answer) {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket, answer));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void serve(Socket socket, byte[] answer) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                for (int i = 0; i < DEPTH; i++) {
                    readRequest(in);
                }
                for (int i = 0; i < DEPTH; i++) {
                    socket.getOutputStream().write(answer);
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static void readRequest(DataInputStream in) throws IOException {
        int ends = 0;
        while (ends < 4) {
            int octet = in.readUnsignedByte();
            ends = octet == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
        }
        in.skipNBytes(REQUEST_BODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ncontent-length:2\r\nX: y\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\no\r\n1\r\nk\r\n0\r\nTrailer: 1\r\n\r\n"
            })
    void requestsGoOutBeforeAnswersComeIn(String answer) throws IOException {
        LoadResult result = run(answer, 20 * DEPTH, Duration.ofMinutes(2));

        assertThat(result.errors()).isEmpty();
        assertThat(result.verified()).isEqualTo(20 * DEPTH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SPDY/1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok",
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxy\r\n"
            })
    void whatIsNoAnswerIsAnError(String answer) throws IOException {
        LoadResult result = run(answer, DEPTH, Duration.ofMinutes(2));

        assertThat(result.errors()).isEqualTo(Map.of("PROTOCOL_ERROR", (long) DEPTH));
    }

    @Test
    void silenceIsATimeoutOfAllThatIsUnderWay() throws IOException {
        LoadResult result = run("", DEPTH, Duration.ofMillis(30));

        assertThat(result.errors()).isEqualTo(Map.of("TIMEOUT", (long) DEPTH));
    }
}
