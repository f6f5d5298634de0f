package dev.penstock.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.core.NanoClock;
import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.MessageWriter;
import io.opentelemetry.sdk.common.export.ProxyOptions;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class JdkHttpSenderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    /// Of a sender that posts nothing to somewhere, five times at most.
    private record Config(URI collector) implements HttpSenderConfig {
        @Override
        public URI getEndpoint() {
            return collector;
        }

        @Override
        public String getContentType() {
            return "application/x-protobuf";
        }

        @Override
        public @Nullable Compressor getCompressor() {
            return null;
        }

        @Override
        public Duration getTimeout() {
            return PATIENCE;
        }

        @Override
        public Duration getConnectTimeout() {
            return PATIENCE;
        }

        @Override
        public Supplier<Map<String, List<String>>> getHeadersSupplier() {
            return Map::of;
        }

        @Override
        public @Nullable ProxyOptions getProxyOptions() {
            return null;
        }

        @Override
        public RetryPolicy getRetryPolicy() {
            return RetryPolicy.getDefault().toBuilder()
                    .setInitialBackoff(Duration.ofMillis(1))
                    .setMaxBackoff(Duration.ofMillis(1))
                    .build();
        }

        @Override
        public @Nullable SSLContext getSslContext() {
            return null;
        }

        @Override
        public @Nullable X509TrustManager getTrustManager() {
            return null;
        }

        @Override
        public @Nullable ExecutorService getExecutorService() {
            return null;
        }
    }

    private static final MessageWriter NOTHING = new MessageWriter() {
        @Override
        public void writeMessage(OutputStream output) {}

        @Override
        public int getContentLength() {
            return 0;
        }
    };

    @Test
    void allAttemptsTogetherTakeNoLongerThanOneMay() throws Exception {
        assertThat(attempts(() -> 0)).as("while no time passes").isEqualTo(5);
        AtomicLong now = new AtomicLong();
        // The first attempt is over after 60 s of 100, the second after 120.
        assertThat(attempts(() -> now.getAndAdd(Duration.ofSeconds(30).toNanos())))
                .isEqualTo(2);
    }

    /// At a collector that has no time.
    private static int attempts(NanoClock clock) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        JdkHttpSender sender = new JdkHttpSender(new Config(uri), clock);
        List<Integer> statuses = new ArrayList<>();
        try {
            sender.send(NOTHING, answer -> statuses.add(answer.getStatusCode()), why -> {
                throw new AssertionError(why);
            });
        } finally {
            server.stop(0);
            assertThat(sender.shutdown().isSuccess()).isTrue();
        }
        assertThat(statuses).containsExactly(503);
        return asked.get();
    }
}
