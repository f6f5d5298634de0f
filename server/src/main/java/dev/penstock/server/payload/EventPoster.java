package dev.penstock.server.payload;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// Posts CloudEvents in HTTP's binary mode, and again where that may help. Confined to one thread, which it
/// blocks, but for [#hurry].
final class EventPoster implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 3;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_FAULT = 500;
    private static final int FIRST_REDIRECT = 300;

    private final URI sink;
    private final Map<String, String> headers;
    private final Patience patience;

    /// Zero once nobody has time to wait between tries.
    private final CountDownLatch hurried = new CountDownLatch(1);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /// How long is waited.
    ///
    /// @param exchange for each exchange at most
    /// @param firstPause before the second try; four times as long before the third
    record Patience(Duration exchange, Duration firstPause) {
        static final Patience USUAL = new Patience(Duration.ofSeconds(5), Duration.ofMillis(100));
    }

    /// @param headers sent with each
    EventPoster(URI sink, Map<String, String> headers, Patience patience) {
        this.sink = sink;
        this.headers = Map.copyOf(headers);
        this.patience = patience;
    }

    /// Returns once the sink has it.
    ///
    /// @param attributes of the event by name, without `specversion`
    /// @param json its data
    void post(Map<String, String> attributes, byte[] json) throws IOException {
        HttpRequest.Builder event = HttpRequest.newBuilder(sink)
                .header("Content-Type", "application/json")
                .header("ce-specversion", "1.0");
        attributes.forEach((name, value) -> event.header("ce-" + name, encoded(value)));
        headers.forEach(event::setHeader);
        send(event.POST(HttpRequest.BodyPublishers.ofByteArray(json)).build());
    }

    /// As CloudEvents' HTTP binding has texts: what is not printable ASCII, and quotes and percent signs, as
    /// percent-encoded UTF-8.
    static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b > ' ' && b < 0x7f && b != '"' && b != '%';
            if (plain) {
                out.append((char) b);
            } else {
                out.append('%').append(String.format(Locale.ROOT, "%02X", b));
            }
        }
        return out.toString();
    }

    private void send(HttpRequest event) throws IOException {
        Duration pause = patience.firstPause();
        for (int attempt = 1; ; attempt++) {
            try {
                int status = exchange(event);
                if (status < FIRST_REDIRECT) {
                    return;
                }
                boolean passes = status == TOO_MANY_REQUESTS || status >= FIRST_FAULT;
                if (!passes || attempt == ATTEMPTS) {
                    throw new RefusedException("%s answers %d (expected: 200 to 299)".formatted(this, status));
                }
            } catch (RefusedException e) {
                throw e;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw new IOException("%s gives no answer: %s".formatted(this, e), e);
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            rest(pause);
            pause = pause.multipliedBy(4);
        }
    }

    /// The status of the answer. The whole exchange ends in time, the answer's body included: the request's own
    /// timeout is only for its head.
    private int exchange(HttpRequest event) throws IOException, InterruptedException {
        AtomicInteger status = new AtomicInteger();
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(event, head -> {
            status.set(head.statusCode());
            return HttpResponse.BodySubscribers.discarding();
        });
        try {
            return answer.get(patience.exchange().toNanos(), TimeUnit.NANOSECONDS)
                    .statusCode();
        } catch (TimeoutException e) {
            if (status.get() > 0) {
                // What it says of the event is known; what else it has to say is not waited for.
                return status.get();
            }
            throw new IOException("nothing within " + patience.exchange().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    private void rest(Duration pause) throws IOException {
        try {
            boolean _ = hurried.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IOException("the server is stopping", cause);
    }

    /// From now on, and at once, there are no pauses between tries. Any thread may say so.
    void hurry() {
        hurried.countDown();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    @Override
    public String toString() {
        // The rest may be a secret.
        return sink.getHost() + (sink.getPort() < 0 ? "" : ":" + sink.getPort());
    }
}
