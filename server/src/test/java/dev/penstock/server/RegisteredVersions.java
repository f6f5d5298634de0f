package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.store.Lineage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Registers versions of a model whose answers tell them apart, and asks them.
final class RegisteredVersions {
    static final String MODEL = "slow";
    static final int COLUMNS = 256;

    private RegisteredVersions() {}

    /// Version 1 answers with products of what it gets, others with what they get.
    static void register(RunningGateway gateway, Path folder, int version, String... aliases) throws Exception {
        Path file = Files.write(folder.resolve("v" + version + ".onnx"), content(version));
        RegisterOrder order = new RegisterOrder(
                MODEL,
                version,
                new RegisterOrder.Content.Fetched(file.toString(), ""),
                List.of(aliases),
                Lineage.UNKNOWN,
                "",
                "all",
                "",
                false,
                false);
        Registration done = gateway.modelAdmin().register(order, "test", event -> {});
        assertThat(done.serving()).as(done.problem()).isTrue();
    }

    private static byte[] content(int version) {
        return version == 1 ? OnnxModels.slow(1) : OnnxModels.identity(DataType.FP32, -1, COLUMNS);
    }

    static ModelInferRequest request(String model, String version) {
        float[] row = new float[COLUMNS];
        for (int i = 0; i < row.length; i++) {
            row[i] = 1 + i % 7;
        }
        return GrpcClient.request(model)
                .setModelVersion(version)
                .addInputs(GrpcClient.input("x", "FP32", 1, COLUMNS))
                .addRawInputContents(GrpcClient.floats(row))
                .build();
    }

    private static String row() {
        float[] row = new float[COLUMNS];
        for (int i = 0; i < row.length; i++) {
            row[i] = 1 + i % 7;
        }
        return Arrays.toString(row);
    }

    static HttpResponse<String> post(HttpClient client, RunningGateway gateway, String path) throws Exception {
        return send(
                client,
                gateway,
                path,
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":%s}]}"
                        .formatted(COLUMNS, row()));
    }

    private static HttpResponse<String> send(HttpClient client, RunningGateway gateway, String path, String body)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, path)))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /// The same row as [#post], as a prediction of V1.
    static HttpResponse<String> predict(HttpClient client, RunningGateway gateway, String path) throws Exception {
        return send(client, gateway, path, "{\"instances\":[" + row() + "]}");
    }

    static HttpResponse<String> get(HttpClient client, RunningGateway gateway, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, path)))
                        .build(),
                BodyHandlers.ofString());
    }
}
