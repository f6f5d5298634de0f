package dev.penstock.server.gate;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks somebody else whether a version may serve.
///
/// The answer is read up to a limit and until a deadline, and redirects are not followed: they could lead to
/// hosts that nobody allowed. Thread-safe.
final class WebhookGate implements AutoCloseable {
    static final String NAME = "webhook";

    private static final int OK = 200;
    private static final int MAX_ANSWER_BYTES = 64 << 10;

    private final AllowedHosts allowed;

    /// The answers that somebody waits for. By call.
    private final Map<Object, CompletableFuture<?>> awaited = new ConcurrentHashMap<>();

    private volatile boolean closed;

    WebhookGate(AllowedHosts allowed) {
        this.allowed = allowed;
    }

    /// @param said by the gates before
    /// @throws ServingException if the server stops before there is an answer, which is no verdict
    GateRecord judge(Candidate candidate, List<GateRecord> said) {
        GateSettings.@Nullable Webhook webhook = candidate.settings().webhook();
        if (webhook == null) {
            return new GateRecord(NAME, Verdict.SKIPPED, "there is no " + GateSettings.WEBHOOK);
        }
        String host = AllowedHosts.shown(webhook.uri());
        if (!allowed.allow(webhook.uri())) {
            // Also of an optional one: nobody was asked, which no waiting will change.
            return new GateRecord(
                    NAME, Verdict.FAILED, "%s is not among the hosts that webhooks may lead to".formatted(host));
        }
        try {
            WebhookAnswer answer = ask(webhook, WebhookQuestion.write(candidate, said));
            String detail = answer.detail().isEmpty() ? "" : ": " + answer.detail();
            return answer.passed()
                    ? new GateRecord(NAME, Verdict.PASSED, host + " agrees" + detail)
                    : new GateRecord(NAME, Verdict.FAILED, host + " refuses" + detail);
        } catch (IOException e) {
            Verdict verdict = webhook.optional() ? Verdict.SKIPPED : Verdict.FAILED;
            return new GateRecord(NAME, verdict, "%s gives no answer: %s".formatted(host, e.getMessage()));
        }
    }

    private WebhookAnswer ask(GateSettings.Webhook webhook, byte[] question) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(webhook.uri())
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofByteArray(question))
                .build();
        HttpResponse<byte[]> response = send(request, webhook);
        if (response.statusCode() != OK) {
            throw new IOException("its status is %d (expected: %d)".formatted(response.statusCode(), OK));
        }
        Optional<WebhookAnswer> answer = WebhookAnswer.parse(response.body());
        return answer.orElseThrow(() -> new IOException("it is not {\"passed\": true or false, \"detail\": \"...\"}"));
    }

    private HttpResponse<byte[]> send(HttpRequest request, GateSettings.Webhook webhook) throws IOException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        // Its own time limits do not cover the body of the answer.
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
        Object call = new Object();
        awaited.put(call, response);
        try {
            if (closed) {
                throw stopping();
            }
            return response.get(webhook.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it takes longer than " + webhook.timeout().toMillis() + " ms", e);
        } catch (ExecutionException | CancellationException e) {
            // Which of the two it is that close() causes, the client decides.
            if (closed) {
                throw stopping();
            }
            throw new IOException(reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopping();
        } finally {
            awaited.remove(call);
            response.cancel(true);
            client.shutdownNow();
        }
    }

    private static ServingException stopping() {
        return new ServingException(ErrorCode.NOT_READY, "the server is stopping, no webhook is asked any more");
    }

    /// Waits for no answer any more, and asks nobody.
    @Override
    public void close() {
        closed = true;
        awaited.values().forEach(response -> response.cancel(true));
    }

    private static String reason(Exception e) {
        @Nullable Throwable cause = e.getCause();
        return cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
    }
}
