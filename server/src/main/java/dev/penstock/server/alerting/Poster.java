package dev.penstock.server.alerting;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.net.Hosts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Posts to hosts that are allowed. Follows no redirect, which could lead to others, and reads no answer but
/// its head. Thread-safe.
///
/// The client looks a name up once more after it was judged; within the time for which Java keeps what it
/// found, half a minute, that gives the same.
final class Poster implements AutoCloseable {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int FIRST_OK = 200;
    private static final int FIRST_NOT_OK = 300;

    private final Hosts hosts;
    private final Duration timeout;
    private final InstantSource time;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private @Nullable HttpClient client;

    @GuardedBy("lock")
    private boolean closed;

    /// @param timeout from the beginning to the head of the answer
    /// @param time by which receivers say when they may be tried again
    Poster(Hosts hosts, Duration timeout, InstantSource time) {
        this.hosts = hosts;
        this.timeout = timeout;
        this.time = time;
    }

    /// What came of it.
    ///
    /// @param status 0 if there is none
    /// @param failure for people; "" if it was accepted
    /// @param retryAfterMillis how long the receiver asks to be left alone; 0 if it does not say
    record Answer(int status, String failure, long retryAfterMillis) {
        boolean accepted() {
            return failure.isEmpty();
        }

        static Answer failed(String why) {
            return new Answer(0, why, 0);
        }
    }

    static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? HTTPS_PORT : HTTP_PORT;
    }

    /// As messages may show it: the rest may be a secret.
    static String shown(URI uri) {
        return uri.getHost() + ":" + port(uri);
    }

    /// @throws InterruptedException if the thread is interrupted; whether it has arrived is not known
    ///     then
    Answer post(URI uri, Map<String, String> headers, String body) throws InterruptedException {
        try {
            return exchange(uri, headers, body);
        } catch (RuntimeException e) {
            // Its message may have the address, or a header, in it, which may be secrets.
            return Answer.failed("it cannot be posted: " + e.getClass().getSimpleName());
        }
    }

    private Answer exchange(URI uri, Map<String, String> headers, String body) throws InterruptedException {
        try {
            boolean _ = hosts.addresses(uri.getHost(), port(uri)).isEmpty();
        } catch (FetchException e) {
            return Answer.failed(String.valueOf(e.getMessage()));
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", "penstock");
        headers.forEach(request::header);
        CompletableFuture<HttpResponse<InputStream>> response =
                client().sendAsync(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofInputStream());
        try {
            return answer(response.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Answer.failed("no answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            return Answer.failed(reason(e));
        } finally {
            response.cancel(true);
        }
    }

    private Answer answer(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException e) {
            // What was said is known.
        }
        int status = response.statusCode();
        if (status >= FIRST_OK && status < FIRST_NOT_OK) {
            return new Answer(status, "", 0);
        }
        String after = response.headers().firstValue("retry-after").orElse("");
        return new Answer(status, "status " + status, retryAfterMillis(after, time.millis()));
    }

    /// @param header seconds, or a date; anything else says nothing
    static long retryAfterMillis(String header, long nowMillis) {
        if (header.matches("[0-9]{1,9}")) {
            return TimeUnit.SECONDS.toMillis(Long.parseLong(header));
        }
        try {
            Instant until = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header.strip()));
            return Math.max(0, until.toEpochMilli() - nowMillis);
        } catch (DateTimeException | ArithmeticException e) {
            return 0;
        }
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause == null) {
            return e.toString();
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private HttpClient client() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("nothing is posted any more");
            }
            HttpClient made = client;
            if (made == null) {
                made = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(timeout)
                        .build();
                client = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (client != null) {
                client.shutdownNow();
            }
        } finally {
            lock.unlock();
        }
    }
}
