package dev.penstock.server.rest;

import java.net.http.HttpClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// An admin port for each test, and a client of it.
abstract class AdminTests {
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder = Path.of("");

    @Nullable
    AdminServer running;

    AdminServer server() {
        AdminServer present = running;
        if (present == null) {
            present = new AdminServer(folder);
            running = present;
        }
        return present;
    }

    @AfterEach
    void stop() {
        server().close();
        client.close();
    }
}
