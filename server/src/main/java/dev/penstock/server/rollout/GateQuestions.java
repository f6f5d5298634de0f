package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Verdict;
import dev.penstock.server.alerting.WebhookSigner;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.wire.HeaderText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks others for their word, of hosts that are allowed. Follows no redirect, which could lead to others.
/// Blocks; thread-safe.
public final class GateQuestions implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 64 << 10;
    private static final int MAX_DETAIL = 200;
    private static final int OK = 200;

    private final Hosts hosts;
    private final WebhookSigner signer;
    private final InstantSource time;
    private final Supplier<String> ids;
    private final Duration patience;
    private final HttpClient client;

    /// What was said.
    ///
    /// @param value NaN if there is none
    public record Said(Verdict verdict, double value, String detail) {}

    /// @param hosts that may be asked
    public GateQuestions(Hosts hosts, WebhookSigner signer, InstantSource time, Supplier<String> ids) {
        this(hosts, signer, time, ids, PATIENCE);
    }

    /// @param patience for a whole answer
    GateQuestions(Hosts hosts, WebhookSigner signer, InstantSource time, Supplier<String> ids, Duration patience) {
        this.hosts = hosts;
        this.signer = signer;
        this.time = time;
        this.ids = ids;
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience)
                .build();
    }

    /// Refuses one that would never be asked. Looks for no address.
    ///
    /// @throws ServingException naming the field
    void check(MetricSpec.Gate gate) {
        try {
            hosts.checkListed(String.valueOf(gate.uri().getHost()), port(gate.uri()));
        } catch (FetchException e) {
            throw ServingException.invalid("metrics: gate %s: address: '%s': %s"
                    .formatted(gate.name(), HeaderText.quote(gate.uri().toString()), e.getMessage()));
        }
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    }

    /// @param rollout as webhooks are told of it
    Said ask(MetricSpec.Gate gate, String rollout) {
        try {
            URI uri = gate.uri();
            boolean _ =
                    hosts.addresses(String.valueOf(uri.getHost()), port(uri)).isEmpty();
            return gate.isWebhook() ? webhook(uri, rollout) : prometheus(gate);
        } catch (JacksonException e) {
            return nothing("its answer is not JSON: " + HeaderText.shorten(e.getOriginalMessage(), MAX_DETAIL));
        } catch (FetchException | IOException | IllegalArgumentException e) {
            return nothing("no answer: " + HeaderText.shorten(String.valueOf(e.getMessage()), MAX_DETAIL));
        }
    }

    private static Said nothing(String why) {
        return new Said(Verdict.INSUFFICIENT, Double.NaN, why);
    }

    private Said prometheus(MetricSpec.Gate gate) throws IOException {
        String base = gate.uri().toString().replaceAll("/+$", "");
        String form = "query=" + URLEncoder.encode(gate.query(), StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/api/v1/query"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
        HttpResponse<byte[]> answer = send(request);
        if (answer.statusCode() != OK) {
            return nothing(refusal(answer));
        }
        JsonNode data = JsonMapper.shared().readTree(answer.body()).path("data");
        boolean scalar = data.path("resultType").asString("").equals("scalar");
        JsonNode results = data.path("result");
        if (!scalar && results.size() != 1) {
            return nothing(
                    results.isEmpty()
                            ? "the query has no result"
                            : "the query has %d results (expected: 1; sum or max makes one of them)"
                                    .formatted(results.size()));
        }
        JsonNode sample =
                scalar ? results.path(1) : results.path(0).path("value").path(1);
        return judged(sample.asString(""), gate.condition());
    }

    /// Prometheus says what is wrong with a query.
    private static String refusal(HttpResponse<byte[]> answer) {
        String status = status(answer);
        try {
            String said =
                    JsonMapper.shared().readTree(answer.body()).path("error").asString("");
            return said.isEmpty() ? status : status + ": " + HeaderText.shorten(said, MAX_DETAIL);
        } catch (JacksonException _) {
            return status;
        }
    }

    private static String status(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        boolean redirect = status / 100 == 3;
        return "status %d (expected: 200%s)".formatted(status, redirect ? "; redirects are not followed" : "");
    }

    private static Said judged(String sample, String condition) {
        double value;
        try {
            value = Double.parseDouble(sample);
        } catch (NumberFormatException _) {
            // So is +Inf, as Prometheus writes it.
            value = Double.NaN;
        }
        if (!Double.isFinite(value)) {
            return nothing("the query's result is %s (expected: a finite number)"
                    .formatted(HeaderText.shorten(sample, MAX_DETAIL)));
        }
        boolean holds = SuccessCondition.parse(condition).holds(value);
        return new Said(
                holds ? Verdict.PASS : Verdict.FAIL,
                value,
                String.format(Locale.ROOT, "%.6g (expected: %s)", value, condition));
    }

    private Said webhook(URI uri, String rollout) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Content-Type", "application/json");
        Map<String, String> signed = signer.headers(ids.get(), time.millis(), rollout);
        signed.forEach(request::header);
        HttpResponse<byte[]> answer =
                send(request.POST(BodyPublishers.ofString(rollout)).build());
        if (answer.statusCode() != OK) {
            return nothing(status(answer));
        }
        JsonNode said = JsonMapper.shared().readTree(answer.body());
        JsonNode passed = said.path("passed");
        String detail = HeaderText.shorten(said.path("detail").asString(""), MAX_DETAIL);
        if (passed.isBoolean()) {
            return new Said(passed.booleanValue() ? Verdict.PASS : Verdict.FAIL, Double.NaN, detail);
        }
        if (!passed.isNull()) {
            String is = passed.isMissingNode() ? "missing" : HeaderText.shorten(passed.toString(), MAX_DETAIL);
            return nothing("passed: %s (expected: true, false or null)".formatted(is));
        }
        return nothing(detail.isEmpty() ? "it does not decide" : detail);
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        // Its own time limits do not cover the body of the answer.
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
        try {
            return response.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it takes longer than " + Texts.of(patience), e);
        } catch (ExecutionException e) {
            throw new IOException(why(e.getCause(), request.uri()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            response.cancel(true);
        }
    }

    private static String why(@Nullable Throwable cause, URI uri) {
        if (cause instanceof ConnectException) {
            return "nobody takes connections at " + uri.getAuthority();
        }
        String message = cause == null ? null : cause.getMessage();
        return cause instanceof IOException && message != null ? message : String.valueOf(cause);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
