package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class EventSinkTest {
    private static final PayloadRecord RECORD = Records.of("a", List.of(Records.floats("x", 1)), List.of());

    private static URI secret(int port) {
        return URI.create("http://user:word@127.0.0.1:" + port + "/events?token=secret");
    }

    @Test
    void anAnswerThatNeverEndsSaysEnoughWithItsHead() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread serving = Thread.ofPlatform().start(() -> answer(server, done));
        try {
            // It would not come back if it waited for the end. The head may take a while where others run, too.
            boolean written = false;
            for (Duration patience = Duration.ofMillis(250); !written; patience = patience.multipliedBy(4)) {
                assertThat(patience).as("of a head that was sent").isLessThan(Duration.ofSeconds(60));
                written = isWritten(server.getLocalPort(), patience);
            }
        } finally {
            done.countDown();
            server.close();
            serving.join();
        }
    }

    private static boolean isWritten(int port, Duration patience) {
        EventSink sink = new EventSink(
                URI.create("http://127.0.0.1:" + port + "/"),
                "/penstock",
                Map.of(),
                new EventPoster.Patience(patience, Duration.ofMillis(1)));
        try {
            sink.write(RECORD);
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            sink.close();
        }
    }

    private static void answer(ServerSocket server, CountDownLatch done) {
        try {
            while (done.getCount() > 0) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> hang(socket, done));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private static void hang(Socket socket, CountDownLatch done) {
        try (socket) {
            InputStream in = socket.getInputStream();
            int _ = in.read();
            socket.getOutputStream()
                    .write("HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nhalf"
                            .getBytes(StandardCharsets.US_ASCII));
            done.await();
        } catch (IOException e) {
            // The client went away.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void messagesShowTheHostAlone() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        EventSink sink = new EventSink(secret(port), "/penstock", Map.of());
        try {
            assertThat(sink).hasToString("127.0.0.1:" + port);
            assertThatIOException()
                    .isThrownBy(() -> sink.write(RECORD))
                    .withMessageStartingWith("127.0.0.1:" + port + " gives no answer")
                    .withMessageNotContainingAny("secret", "word", "user");
        } finally {
            sink.close();
        }
    }
}
