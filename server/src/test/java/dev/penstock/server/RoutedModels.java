package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Place;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.SplitRoute;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A route of two arms, dealt by units, and who asks it.
abstract class RoutedModels {
    static final Duration EVERYTHING = Duration.ofHours(1);
    static final int UNITS = 400;
    static final String UNIT = "x-penstock-unit";
    static final RouteSpec ROUTE = RouteSpec.of("score", ArmSpec.of("stable", "a", 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "b", 1), 2_500, 10_000)));

    @TempDir
    Path repository;

    /// What arms were told, by arm, reason and failure.
    final Map<String, Integer> ended = new ConcurrentHashMap<>();

    final ArmObservers observers = (key, _) -> (reason, _, _, failure, nanos) ->
            ended.merge(key.arm() + " " + reason.text() + " " + (nanos < 0 ? "in the past" : failure), 1, Integer::sum);

    @BeforeEach
    void writeModels() {
        OnnxModels.write(repository, "a", 1, OnnxModels.tiny());
        OnnxModels.write(repository, "b", 1, OnnxModels.tiny());
    }

    void publish(RunningGateway gateway, RouteSpec spec) {
        gateway.router().publish(gateway.router().table().withRoutes(List.of(spec), observers));
    }

    RunningGateway serving(GrpcTransport transport) {
        if (transport == GrpcTransport.GRPC_JAVA) {
            return TestGateways.serving(repository, transport);
        }
        RunningGateway gateway = TestGateways.fast(repository, EVERYTHING);
        try (GrpcClient client = GrpcClient.of(gateway)) {
            for (String model : List.of("a", "b")) {
                var loaded = client.stub()
                        .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                                .setModelName(model)
                                .build());
                assertThat(loaded).isNotNull();
            }
        }
        return gateway;
    }

    static String expected(RouteSpec spec, String unit) {
        SplitRoute route = SplitRoute.of(spec);
        long place = route.place(unit);
        return route.arms().get(Place.arm(place)).name() + " v=score/v1;b=%04d;r=hash".formatted(Place.bucket(place));
    }
}
