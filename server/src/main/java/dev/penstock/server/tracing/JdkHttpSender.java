package dev.penstock.server.tracing;

import dev.penstock.core.NanoClock;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.MessageWriter;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Posts exports with the JDK's client, and tries again what may do better later. Blocks its caller, which is
/// the thread of the exports; confined to it.
final class JdkHttpSender implements HttpSender {
    /// As OTLP has it: anything else will not do better.
    private static final Set<Integer> TRIED_AGAIN = Set.of(429, 502, 503, 504);

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final HttpSenderConfig config;
    private final NanoClock clock;
    private final HttpClient client;

    JdkHttpSender(HttpSenderConfig config, NanoClock clock) {
        this.config = config;
        this.clock = clock;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.getConnectTimeout());
        if (config.getSslContext() != null) {
            builder.sslContext(config.getSslContext());
        }
        this.client = builder.build();
    }

    @Override
    public void send(MessageWriter message, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
        try {
            onResponse.accept(post(request(message)));
        } catch (IOException e) {
            onError.accept(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            onError.accept(e);
        }
    }

    private HttpRequest.Builder request(MessageWriter message) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(config.getEndpoint());
        Map<String, List<String>> headers = config.getHeadersSupplier().get();
        headers.forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        request.header("content-type", config.getContentType());
        Compressor compressor = config.getCompressor();
        if (compressor != null) {
            request.header("content-encoding", compressor.getEncoding());
        }
        return request.POST(HttpRequest.BodyPublishers.ofByteArray(body(message, compressor)));
    }

    private static byte[] body(MessageWriter message, @Nullable Compressor compressor) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor == null ? bytes : compressor.compress(bytes)) {
            message.writeMessage(out);
        }
        return bytes.toByteArray();
    }

    /// All attempts, with the pauses between them, take no longer than one may.
    private HttpResponse post(HttpRequest.Builder request) throws IOException, InterruptedException {
        RetryPolicy policy = config.getRetryPolicy();
        int attempts = policy == null ? 1 : policy.getMaxAttempts();
        double pauseMillis =
                policy == null ? 0 : (double) policy.getInitialBackoff().toMillis();
        long endNanos = clock.nanoTime() + config.getTimeout().toNanos();
        for (int attempt = 1; ; attempt++) {
            long pauseNanos = (long) (pauseMillis * NANOS_PER_MILLI);
            long leftNanos = Math.max(NANOS_PER_MILLI, endNanos - clock.nanoTime());
            boolean last = attempt >= attempts;
            try {
                java.net.http.HttpResponse<byte[]> answer =
                        client.send(request.timeout(Duration.ofNanos(leftNanos)).build(), BodyHandlers.ofByteArray());
                last |= endNanos - clock.nanoTime() <= pauseNanos;
                if (last || !TRIED_AGAIN.contains(answer.statusCode())) {
                    return new Received(answer.statusCode(), answer.body());
                }
            } catch (IOException e) {
                if (last || endNanos - clock.nanoTime() <= pauseNanos) {
                    throw e;
                }
            }
            TimeUnit.NANOSECONDS.sleep(pauseNanos);
            pauseMillis = policy == null
                    ? 0
                    : Math.min(pauseMillis * policy.getBackoffMultiplier(), (double)
                            policy.getMaxBackoff().toMillis());
        }
    }

    private static final class Received implements HttpResponse {
        private final int status;
        private final byte[] body;

        Received(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        public String getStatusMessage() {
            return "";
        }

        @Override
        public byte[] getResponseBody() {
            return body;
        }
    }

    @Override
    public CompletableResultCode shutdown() {
        client.shutdownNow();
        return CompletableResultCode.ofSuccess();
    }
}
