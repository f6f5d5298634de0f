package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.routing.Expected;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is recorded of routes is what requests see, also after a restart, over the ports of a whole server.
@Timeout(400)
class RouteServingTest {
    private static final String MODEL = RegisteredVersions.MODEL;
    private static final RouteSpec ROUTE = RouteSpec.of(MODEL, ArmSpec.of("stable", MODEL, 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", MODEL, 2), 0, 10_000)));

    @TempDir
    private Path folder;

    @Test
    void weightsAreFollowedAtOnceAndKept() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        Path data = folder.resolve("data");
        try (HttpClient client = HttpClient.newHttpClient()) {
            try (RunningGateway gateway = TestGateways.recorded(repository, data, GrpcTransport.NETTY_DOOR)) {
                RegisteredVersions.register(gateway, repository, 1);
                RegisteredVersions.register(gateway, repository, 2);
                assertThat(version(client, gateway)).isEqualTo("2");

                gateway.routes().put(ROUTE, new Expected.Absent(), false, "ann");
                assertThat(version(client, gateway)).isEqualTo("1");
                gateway.routes().put(ROUTE.withWeight("canary", 10_000), new Expected.Present(), false, "ann");
                assertThat(version(client, gateway)).isEqualTo("2");
                Metrics metrics = Metrics.of(gateway);
                assertThat(metrics.sum("penstock_arm_weight_ratio", "route=\"" + MODEL + "\"", "arm=\"canary\""))
                        .isEqualTo(1);
            }
            try (RunningGateway again = TestGateways.recorded(repository, data, GrpcTransport.NETTY_DOOR)) {
                assertThat(again.routes().one(MODEL).recorded().generation()).isEqualTo(2);
                HttpResponse<String> answer = RegisteredVersions.post(client, again, "/v2/models/" + MODEL + "/infer");
                assertThat(answer.headers().firstValue("x-penstock-arm")).hasValue("canary");
                again.routes().delete(MODEL, new Expected.Present(), "ann");
                again.routes()
                        .put(
                                RouteSpec.of("another", ArmSpec.of("only", MODEL, 1)),
                                new Expected.Nothing(),
                                false,
                                "ann");
                HttpResponse<String> named = RegisteredVersions.post(client, again, "/v2/models/another/infer");
                assertThat(named.statusCode()).as(named.body()).isEqualTo(200);
                assertThat(named.headers().firstValue("x-penstock-version")).hasValue("1");
                assertThat(version(client, again)).isEqualTo("2");
            }
        }
    }

    private static String version(HttpClient client, RunningGateway gateway) throws Exception {
        HttpResponse<String> answer = RegisteredVersions.post(client, gateway, "/v2/models/" + MODEL + "/infer");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("x-penstock-version").orElseThrow();
    }
}
