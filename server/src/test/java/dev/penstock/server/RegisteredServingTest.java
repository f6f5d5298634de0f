package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Models that are registered over the admin port of a whole server.
@Timeout(400)
class RegisteredServingTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsRegisteredServesNowAndAfterARestart() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        Path one = Files.write(repository.resolve("one.onnx"), OnnxModels.slow(1));
        Path broken = Files.writeString(repository.resolve("broken.onnx"), "no model");
        try (HttpClient client = HttpClient.newHttpClient()) {
            try (RunningGateway gateway = serving(repository)) {
                HttpResponse<String> done = register(client, gateway, one);
                assertThat(done.statusCode()).as(done.body()).isBetween(200, 201);
                assertThat(done.body()).contains("\"serving\":true", "\"version\":1");
                HttpResponse<String> refused = register(client, gateway, broken);
                assertThat(refused.body()).contains("\"serving\":false", "gate load");
                assertServes(client, gateway);
                assertThat(gateway.handles().total()).isPositive();
            }
            try (RunningGateway again = serving(repository)) {
                assertThat(RegisteredVersions.get(client, again, "/v2/health/ready")
                                .statusCode())
                        .isEqualTo(200);
                assertServes(client, again);
            }
        }
    }

    @Test
    void whatIsEncryptedServesNowAndAfterARestart() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        Path key = Files.write(folder.resolve("key"), new byte[32]);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        byte[] model = OnnxModels.slow(1);
        try (HttpClient client = HttpClient.newHttpClient()) {
            try (RunningGateway gateway = TestGateways.sealed(repository, folder.resolve("data"), key)) {
                HttpResponse<String> done = client.send(
                        admin(gateway, "/api/v1/models/slow/versions/1")
                                .PUT(BodyPublishers.ofByteArray(model))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(done.body()).contains("\"serving\":true");
                assertServes(client, gateway);
            }
            assertThat(onDisk()).isNotEmpty().noneMatch(content -> content.contains(text(model, 64)));
            try (RunningGateway again = TestGateways.sealed(repository, folder.resolve("data"), key)) {
                assertServes(client, again);
            }
        }
    }

    private List<String> onDisk() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("data/files"))) {
            List<String> contents = new ArrayList<>();
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                contents.add(text(bytes, bytes.length));
            }
            return contents;
        }
    }

    private static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static HttpRequest.Builder admin(RunningGateway gateway, String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + gateway.addresses().admin().port() + path));
    }

    private RunningGateway serving(Path repository) {
        return TestGateways.recorded(repository, folder.resolve("data"), GrpcTransport.NETTY_DOOR);
    }

    private static void assertServes(HttpClient client, RunningGateway gateway) throws Exception {
        HttpResponse<String> answer = RegisteredVersions.post(client, gateway, "/v2/models/slow/infer");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-penstock-version")).hasValue("1");
    }

    private static HttpResponse<String> register(HttpClient client, RunningGateway gateway, Path file)
            throws Exception {
        HttpRequest request = admin(gateway, "/api/v1/models")
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(
                        "{\"model\":\"slow\",\"uri\":\"%s\",\"aliases\":[\"stable\"]}".formatted(file)))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
