package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.server.admin.GrpcTransport;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An alias goes to and fro while callers of both doors go on.
@Timeout(400)
class PromoteSwapTest {
    private static final int SWAPS = 100;

    @TempDir
    private Path folder;

    @Test
    void everyRequestIsAnsweredByOneOfTheTwoVersions() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        try (RunningGateway gateway =
                        TestGateways.recorded(repository, folder.resolve("data"), GrpcTransport.NETTY_DOOR);
                GrpcClient grpc = GrpcClient.of(gateway);
                HttpClient http = HttpClient.newHttpClient()) {
            RegisteredVersions.register(gateway, repository, 1, "stable");
            RegisteredVersions.register(gateway, repository, 2);
            Map<String, ByteString> byGrpc = new HashMap<>();
            Map<String, String> byRest = new HashMap<>();
            for (String version : List.of("1", "2")) {
                byGrpc.put(
                        version,
                        grpc.stub()
                                .modelInfer(RegisteredVersions.request(RegisteredVersions.MODEL, version))
                                .getRawOutputContents(0));
                byRest.put(
                        version,
                        RegisteredVersions.post(http, gateway, "/v2/models/slow/versions/" + version + "/infer")
                                .body());
            }
            assertThat(byGrpc.get("1")).isNotEqualTo(byGrpc.get("2"));

            try (Callers callers = new Callers()) {
                callers.add(() -> grpc(grpc, RegisteredVersions.MODEL, byGrpc));
                callers.add(() -> grpc(grpc, "slow@stable", byGrpc));
                callers.add(() -> rest(http, gateway, byRest));
                for (int swap = 0; swap < SWAPS; swap++) {
                    long next = swap % 2 == 0 ? 2 : 1;
                    gateway.modelAdmin().promote(RegisteredVersions.MODEL, "stable", next, "test");
                    callers.awaitAnswerFrom(Long.toString(next));
                }
                callers.finish();
            }
        }
    }

    private static String grpc(GrpcClient client, String model, Map<String, ByteString> expected) {
        ModelInferResponse answer = client.stub().modelInfer(RegisteredVersions.request(model, ""));
        assertThat(answer.getRawOutputContents(0)).isEqualTo(expected.get(answer.getModelVersion()));
        return answer.getModelVersion();
    }

    private static String rest(HttpClient client, RunningGateway gateway, Map<String, String> expected)
            throws Exception {
        HttpResponse<String> answer = RegisteredVersions.post(client, gateway, "/v2/models/slow/infer");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String version = answer.headers().firstValue("x-penstock-version").orElse("none");
        assertThat(answer.body()).isEqualTo(Objects.requireNonNull(expected.get(version), version));
        return version;
    }
}
