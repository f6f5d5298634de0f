package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Models that nobody calls cost memory and nothing else.
@Timeout(400)
class ManyModelsTest {
    private static final Path NATIVE_THREADS = Path.of("/proc/self/task");

    @TempDir
    private Path repository;

    @Test
    void fiftyIdleModelsNeedNoMoreThreadsThanOne() throws Exception {
        OnnxModels.write(repository, "model-0", 1, OnnxModels.tiny());
        int threadsOfOne = threadsWhileServing(1);
        for (int i = 1; i < 50; i++) {
            OnnxModels.write(repository, "model-" + i, 1, OnnxModels.tiny());
        }

        assertThat(threadsWhileServing(50)).isLessThan(threadsOfOne + 10);
    }

    private int threadsWhileServing(int models) throws Exception {
        try (RunningGateway gateway = TestGateways.serving(repository);
                GrpcClient client = GrpcClient.of(gateway)) {
            assertThat(gateway.models())
                    .hasSize(models)
                    .flatExtracting(ModelStatus::versions)
                    .allMatch(version -> version.state() == VersionState.READY);
            client.stub()
                    .modelInfer(GrpcClient.request("model-0")
                            .addInputs(GrpcClient.input("x", "FP32", 1, 4))
                            .addRawInputContents(GrpcClient.floats(1, 2, 3, 4))
                            .build());
            return threads();
        }
    }

    /// Those of ONNX Runtime too, where the system tells.
    private static int threads() throws Exception {
        if (!Files.isDirectory(NATIVE_THREADS)) {
            return ManagementFactory.getThreadMXBean().getThreadCount();
        }
        try (Stream<Path> threads = Files.list(NATIVE_THREADS)) {
            return (int) threads.count();
        }
    }
}
