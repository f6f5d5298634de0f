package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ReplySink;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.FastRoute;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What may be asked of a request on the general path, and how long.
@Timeout(240)
class GeneralSinkTest {
    /// Asks each request for its parameters while it is handed on, and once more when that is over.
    private static final class Asking implements FastModels, AutoCloseable {
        final ExecutorService loader = Executors.newSingleThreadExecutor();
        final BlockingQueue<String> early = new LinkedBlockingQueue<>();
        final BlockingQueue<String> late = new LinkedBlockingQueue<>();

        @Override
        public long generation() {
            return 0;
        }

        @Override
        public @Nullable FastRoute find(String model, String version) {
            return null;
        }

        @Override
        public void infer(InferenceRequest request, ReplySink sink) {
            for (String name : List.of("user", "share", "timeout", "priority")) {
                early.add(name + "=" + sink.parameter(name));
            }
            loader.execute(() -> {
                late.add("user=" + sink.parameter("user"));
                sink.fail(ErrorCode.NOT_FOUND, "none");
            });
        }

        @Override
        public void close() {
            loader.shutdownNow();
        }
    }

    @Test
    void parametersAreTheRequestsOwnOrNone() throws Exception {
        try (Asking models = new Asking();
                TestDoor door = new TestDoor(models)) {
            ModelInferRequest request = Requests.tiny("a", new Random(7)).toBuilder()
                    .putParameters(
                            "user",
                            InferParameter.newBuilder().setStringParam("u1").build())
                    .putParameters(
                            "share",
                            InferParameter.newBuilder().setDoubleParam(0.5).build())
                    .putParameters(
                            "timeout",
                            InferParameter.newBuilder().setInt64Param(1_000_000).build())
                    .putParameters(
                            "priority",
                            InferParameter.newBuilder().setInt64Param(2).build())
                    .build();

            assertThatThrownBy(() -> door.stub().modelInfer(request)).hasMessageContaining("NOT_FOUND");

            assertThat(models.late.poll(120, TimeUnit.SECONDS)).isEqualTo("user=null");
            // Those that mean something to the server are hidden, as they are in JSON.
            assertThat(models.early).containsExactly("user=u1", "share=0.5", "timeout=null", "priority=null");
        }
    }
}
