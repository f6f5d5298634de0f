package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a whole S3 server in this process.
class S3SourceTest {
    private static final byte[] MODEL = new byte[3_000_000];

    static {
        new Random(7).nextBytes(MODEL);
    }

    @TempDir
    Path temp;

    private S3Proxy open;
    private S3Proxy guarded;

    @BeforeEach
    void start() throws Exception {
        Path store = Files.createDirectories(temp.resolve("store"));
        open = proxy(store, AuthenticationType.NONE);
        guarded = proxy(store, AuthenticationType.AWS_V4);
        put("/models", new byte[0]);
        put("/models/churn/1/churn.onnx", MODEL);
        put("/models/churn/1/data/weights.bin", "weights".getBytes(StandardCharsets.US_ASCII));
        put("/models/churn/1/.hidden", "x".getBytes(StandardCharsets.US_ASCII));
        System.setProperty("aws.accessKeyId", "me");
        System.setProperty("aws.secretAccessKey", "secret");
    }

    @AfterEach
    void stop() throws Exception {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        open.stop();
        guarded.stop();
    }

    @Test
    void anObjectIsFetchedWithOurCredentials() {
        try (Fetches fetches = fetches(guarded.getPort())) {
            Fetched fetched = fetches.fetch("s3://models/churn/1/churn.onnx", Fetches.sha256(MODEL));

            assertThat(fetches.content(fetched, "model.onnx")).isEqualTo(MODEL);
            assertThat(fetched.source()).isEqualTo("s3://models/churn/1/churn.onnx");
        }
    }

    @Test
    void aPrefixIsAFolder() {
        try (Fetches fetches = fetches(guarded.getPort())) {
            Fetched fetched = fetches.fetch("s3://models/churn/1/", "");

            assertThat(fetched.files()).extracting(StoredFile::path).containsExactly("data/weights.bin", "model.onnx");
            assertThat(fetches.content(fetched, "data/weights.bin")).asString().isEqualTo("weights");
        }
    }

    @Test
    void wrongCredentialsAndMissingObjectsAreSaid() {
        try (Fetches fetches = fetches(guarded.getPort())) {
            fetches.assertFails(Reason.NOT_FOUND, "s3://models/none.onnx", "");
            fetches.assertFails(Reason.NOT_FOUND, "s3://models/none/", "");
            System.setProperty("aws.secretAccessKey", "HIDDEN");
            assertThat(fetches.assertFails(Reason.REFUSED, "s3://models/churn/1/churn.onnx", ""))
                    .contains("credentials")
                    .doesNotContain("HIDDEN");
        }
    }

    @Test
    void aStoreThatIsNotAllowedIsNotAsked() {
        try (Fetches fetches = new Fetches(temp.resolve("data"))) {
            fetches.s3(settings(guarded.getPort()));
            assertThat(fetches.assertFails(Reason.REFUSED, "s3://models/churn/1/churn.onnx", ""))
                    .contains("allowed-hosts");
        }
    }

    @Test
    void aBrokenConnectionIsResumed() throws Exception {
        try (Breaking line = new Breaking(open.getPort());
                Fetches fetches = fetches(line.port())) {
            Fetched fetched = fetches.fetch("s3://models/churn/1/churn.onnx", "");

            assertThat(fetches.content(fetched, "model.onnx")).isEqualTo(MODEL);
            assertThat(line.connections()).isEqualTo(3);
        }
    }

    private Fetches fetches(int port) {
        return new Fetches(temp.resolve("data"), "127.0.0.1").s3(settings(port));
    }

    private static SourceSettings.S3 settings(int port) {
        return new SourceSettings.S3(URI.create("http://127.0.0.1:" + port), "us-east-1", true, false);
    }

    private static S3Proxy proxy(Path store, AuthenticationType authentication) throws Exception {
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(store.toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(authentication, "me", "secret")
                .ignoreUnknownHeaders(true)
                .metricsEnabled(false)
                .build();
        proxy.start();
        return proxy;
    }

    private void put(String path, byte[] content) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + open.getPort() + path))
                    .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                    .build();
            HttpResponse<String> reply = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        }
    }

    /// Carries one connection after another to a server; the first two break after a million bytes.
    private static final class Breaking implements AutoCloseable {
        private static final int BYTES = 1_000_000;

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();
        private final int target;
        private final Thread thread;

        Breaking(int target) throws Exception {
            this.target = target;
            this.thread = Thread.ofPlatform().daemon().start(this::run);
        }

        int port() {
            return server.getLocalPort();
        }

        int connections() {
            return connections.get();
        }

        private void run() {
            while (!server.isClosed()) {
                try (Socket client = server.accept();
                        Socket behind = new Socket(InetAddress.getLoopbackAddress(), target)) {
                    carry(client, behind, connections.incrementAndGet() <= 2 ? BYTES : Integer.MAX_VALUE);
                } catch (Exception e) {
                    // The client went away, or the test is over.
                }
            }
        }

        private static void carry(Socket client, Socket behind, int most) throws Exception {
            byte[] head = new byte[16 * 1024];
            int asked = client.getInputStream().read(head);
            behind.getOutputStream().write(head, 0, asked);
            InputStream in = behind.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] piece = new byte[64 * 1024];
            int left = most;
            for (int count = in.read(piece); count >= 0 && left > 0; count = in.read(piece)) {
                out.write(piece, 0, Math.min(count, left));
                left -= count;
            }
            client.shutdownOutput();
        }

        @Override
        public void close() throws IOException {
            server.close();
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
