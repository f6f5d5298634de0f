package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Everything that the document of the admin API says can be asked for, asked of a whole server.
@Timeout(300)
class AdminOperationsTest {
    @TempDir
    private Path folder;

    @Test
    void everyOperationIsKnownToWhoeverAnswersItsArea() throws Exception {
        Path models = Files.createDirectory(folder.resolve("models"));
        try (HttpClient client = HttpClient.newHttpClient();
                RunningGateway gateway = TestGateways.whole(models, folder.resolve("data"))) {
            String admin = "http://127.0.0.1:" + gateway.addresses().admin().port();
            for (String operation : OpenApi.read().operations()) {
                String[] parts = operation.split(" ", -1);
                String path = parts[1].replace("{version}", "1").replaceAll("\\{\\w+}", "unknown");
                String body = parts[0].equals("GET") ? "" : "{}";
                HttpRequest request = HttpRequest.newBuilder(URI.create(admin + path))
                        .method(parts[0], BodyPublishers.ofString(body))
                        .build();

                HttpResponse<String> response = client.send(request, BodyHandlers.ofString(UTF_8));

                assertThat(response.statusCode())
                        .as("%s: %s", operation, response.body())
                        .isNotIn(405, 500, 501);
            }
        }
    }
}
