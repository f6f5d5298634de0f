package dev.penstock.server.rollout;

import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Verdict;
import dev.penstock.server.alerting.WebhookSigner;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.wire.HeaderText;
import java.io.IOException;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks others for their word, of hosts that are allowed. Follows no redirect, which could lead to others.
/// Blocks;
/// thread-safe.
public final class GateQuestions implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 64 << 10;
    private static final int MAX_DETAIL = 200;
    private static final int OK = 200;

    private final Hosts hosts;
    private final WebhookSigner signer;
    private final InstantSource time;
    private final Supplier<String> ids;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();

    /// What was said.
    ///
    /// @param value NaN if there is none
    public record Said(Verdict verdict, double value, String detail) {}

    /// @param hosts that may be asked
    public GateQuestions(Hosts hosts, WebhookSigner signer, InstantSource time, Supplier<String> ids) {
        this.hosts = hosts;
        this.signer = signer;
        this.time = time;
        this.ids = ids;
    }

    /// @param rollout as webhooks are told of it
    Said ask(MetricSpec.Gate gate, String rollout) {
        try {
            URI uri = gate.uri();
            int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
            boolean _ = hosts.addresses(String.valueOf(uri.getHost()), port).isEmpty();
            return gate.isWebhook() ? webhook(uri, rollout) : prometheus(gate);
        } catch (FetchException | IOException | JacksonException | IllegalArgumentException e) {
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
            return nothing("status " + answer.statusCode());
        }
        double value = value(JsonMapper.shared().readTree(answer.body()).path("data"));
        if (Double.isNaN(value)) {
            return nothing("the query has no result");
        }
        boolean holds = SuccessCondition.parse(gate.condition()).holds(value);
        return new Said(
                holds ? Verdict.PASS : Verdict.FAIL,
                value,
                String.format(Locale.ROOT, "%.6g (expected: %s)", value, gate.condition()));
    }

    /// The first sample of a vector, or a scalar.
    private static double value(JsonNode data) {
        JsonNode result = data.path("result");
        JsonNode sample = data.path("resultType").asString("").equals("scalar")
                ? result.path(1)
                : result.path(0).path("value").path(1);
        try {
            return sample.isString() ? Double.parseDouble(sample.asString()) : Double.NaN;
        } catch (NumberFormatException _) {
            // +Inf, as Prometheus writes it, is no number that could be compared.
            return Double.NaN;
        }
    }

    private Said webhook(URI uri, String rollout) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Content-Type", "application/json");
        Map<String, String> signed = signer.headers(ids.get(), time.millis(), rollout);
        signed.forEach(request::header);
        HttpResponse<byte[]> answer =
                send(request.POST(BodyPublishers.ofString(rollout)).build());
        if (answer.statusCode() != OK) {
            return nothing("status " + answer.statusCode());
        }
        JsonNode said = JsonMapper.shared().readTree(answer.body());
        JsonNode passed = said.path("passed");
        String detail = HeaderText.shorten(said.path("detail").asString(""), MAX_DETAIL);
        return passed.isBoolean()
                ? new Said(passed.booleanValue() ? Verdict.PASS : Verdict.FAIL, Double.NaN, detail)
                : nothing(detail.isEmpty() ? "it does not decide" : detail);
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        // Its own time limits do not cover the body of the answer.
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
        try {
            return response.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it takes longer than " + PATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            response.cancel(true);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
