package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.server.admin.GrpcTransport;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An alias goes to and fro while callers of both doors go on.
@Timeout(120)
class PromoteSwapTest {
    private static final int SWAPS = 100;

    @TempDir
    private Path folder;

    private final AtomicBoolean over = new AtomicBoolean();

    /// The versions that answered, as the answers say; callers wait when nobody looks.
    private final BlockingQueue<String> answered = new ArrayBlockingQueue<>(8);

    @Test
    void everyRequestIsAnsweredByOneOfTheTwoVersions() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        try (RunningGateway gateway =
                        TestGateways.recorded(repository, folder.resolve("data"), GrpcTransport.NETTY_DOOR);
                GrpcClient grpc = GrpcClient.of(gateway);
                HttpClient http = HttpClient.newHttpClient();
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
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

            List<Future<Long>> callers = new ArrayList<>();
            try {
                callers.add(threads.submit(() -> repeat(() -> grpc(grpc, RegisteredVersions.MODEL, byGrpc))));
                callers.add(threads.submit(() -> repeat(() -> grpc(grpc, "slow@stable", byGrpc))));
                callers.add(threads.submit(() -> repeat(() -> rest(http, gateway, byRest))));
                for (int swap = 0; swap < SWAPS; swap++) {
                    long next = swap % 2 == 0 ? 2 : 1;
                    gateway.modelAdmin().promote(RegisteredVersions.MODEL, "stable", next, "test");
                    awaitAnswerFrom(Long.toString(next), callers);
                }
            } finally {
                over.set(true);
            }
            for (Future<Long> caller : callers) {
                // Whoever waits to tell is let go on.
                while (!caller.isDone()) {
                    answered.clear();
                    Thread.onSpinWait();
                }
                assertThat(caller.get()).isPositive();
            }
        }
    }

    private void awaitAnswerFrom(String version, List<Future<Long>> callers) throws Exception {
        while (true) {
            String next = answered.poll(100, TimeUnit.MILLISECONDS);
            if (version.equals(next)) {
                return;
            }
            for (Future<Long> caller : callers) {
                if (caller.isDone()) {
                    // Only by a failure, which this throws.
                    caller.get();
                }
            }
        }
    }

    private long repeat(Callable<String> call) throws Exception {
        long calls = 0;
        while (!over.get()) {
            answered.put(call.call());
            calls++;
        }
        return calls;
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
