package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.monitoring.HangingMonitoring;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a caller is told over HTTP while the record hangs.
@Timeout(240)
class SlowDiskTest {
    private static final String DONE_LATER = "the disk has not done it after PT0.1S; it counts once it is done";

    /// Of a model that does not serve.
    private static final Catalog ONE_MODEL = new Catalog() {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public boolean stopping() {
            return false;
        }

        @Override
        public List<ModelStatus> models() {
            return List.of(new ModelStatus("m", List.of(), List.of(), ""));
        }

        @Override
        public @Nullable ModelStatus model(String name) {
            return name.equals("m") ? models().getFirst() : null;
        }
    };

    @TempDir
    private Path folder;

    private final EventLoops loops = EventLoops.start(1);
    private ModelStore store;
    private HangingMonitoring hanging;
    private HttpListener listener;

    @BeforeEach
    void open() throws Exception {
        store = Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db")));
        hanging = new HangingMonitoring(store);
        MonitoringRoutes routes = new MonitoringRoutes(hanging.monitoring(), ONE_MODEL);
        listener = HttpListener.start(loops, "127.0.0.1", 0, HttpLimits.SMALL, exchange -> {
            if (HttpMethod.GET.equals(exchange.method())) {
                routes.baselines(exchange, "m");
            } else if (HttpMethod.DELETE.equals(exchange.method())) {
                routes.delete(exchange, "m", "b1");
            } else {
                routes.hold(exchange, "m", 1);
            }
        });
    }

    @AfterEach
    void close() {
        listener.close();
        loops.close();
        hanging.close();
        store.close();
    }

    private HttpResponse<String> call(String method, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + "/"))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void whoReadsIsToComeAgain() throws Exception {
        HttpResponse<String> answer = call("GET", "");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).isEqualTo("{\"error\":\"the disk has not answered after PT0.1S\"}");
    }

    @Test
    void aChangeIsAcceptedAndMadeLater() throws Exception {
        HttpResponse<String> held = call("PUT", "{\"id\":\"b1\"}");
        HttpResponse<String> deleted = call("DELETE", "");

        assertThat(held.statusCode()).isEqualTo(202);
        assertThat(held.body()).isEqualTo("{\"pending\":\"%s\"}".formatted(DONE_LATER));
        assertThat(deleted.statusCode()).isEqualTo(202);
        assertThat(deleted.body()).isEqualTo(held.body());
    }
}
