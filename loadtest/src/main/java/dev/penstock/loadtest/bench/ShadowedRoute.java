package dev.penstock.loadtest.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.locks.LockSupport;

/// A route of a server, by the name of a model, whose requests are copied for another model or not. Confined to
/// one thread.
final class ShadowedRoute implements AutoCloseable {
    private static final int MOST_LOOKS = 500;
    private static final long BETWEEN_LOOKS_NANOS = 20_000_000;
    private static final int OK = 200;
    private static final String PLAIN = "{\"name\":\"tiny\",\"default\":\"tiny@1\"}";

    /// The same model by another name, so that both answer alike.
    private static final String COPYING =
            "{\"name\":\"tiny\",\"default\":\"tiny@1\",\"shadows\":[{\"arm\":\"next\",\"target\":\"tiny-next@1\",\"share\":\"100%\"}]}";

    private final Server server;
    private final HttpClient client = HttpClient.newHttpClient();
    private boolean made;

    ShadowedRoute(Server server) {
        this.server = server;
    }

    /// From now on, every request of the route is copied, or none.
    void copies(boolean all) {
        URI uri = URI.create("http://127.0.0.1:" + server.adminPort() + "/api/v1/routes/tiny");
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("content-type", "application/json")
                .PUT(BodyPublishers.ofString(all ? COPYING : PLAIN));
        if (made) {
            request.header("if-match", "*");
        }
        try {
            HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
            if (answer.statusCode() / 100 != OK / 100) {
                throw new BenchException(uri + " says " + answer.statusCode() + ": " + answer.body());
            }
            made = true;
        } catch (IOException e) {
            throw new BenchException("no answer from " + uri + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /// Does what is done between turns, without load.
    void changeOften(int times) {
        for (int i = 0; i < times; i++) {
            copies(i % 2 == 0);
            awaitNoneWaiting();
        }
    }

    /// Until what was copied has run or was dropped.
    void awaitNoneWaiting() {
        for (int i = 0; i < MOST_LOOKS && server.metric("penstock_shadow_waiting", "") > 0; i++) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }

    /// Copies that were answered up to now, well or not.
    double asked() {
        return server.counter("penstock_shadow_total", "route=\"tiny\"");
    }

    /// Those that say something else.
    double disagreed() {
        return server.counter("penstock_shadow_disagreements_total", "route=\"tiny\"");
    }

    /// Copies that nobody was asked up to now.
    double dropped() {
        return server.counter("penstock_shadow_dropped_total", "route=\"tiny\"");
    }

    @Override
    public void close() {
        client.close();
    }
}
