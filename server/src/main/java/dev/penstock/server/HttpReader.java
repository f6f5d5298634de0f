package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Asks a running server one question.
final class HttpReader {
    private HttpReader() {}

    /// Waits for the answer, at most as long as `patience`.
    ///
    /// @throws IOException if there is no answer
    static HttpResponse<String> get(URI uri, Duration patience) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(patience).build();
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(patience).build()) {
            return client.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
