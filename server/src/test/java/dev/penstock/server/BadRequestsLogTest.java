package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.logging.CapturedLog;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whoever sends bad requests must not fill the log with them.
@Timeout(300)
class BadRequestsLogTest {
    private static final int REQUESTS = 1_000;
    private static final long SEED = 5;

    /// What other tests left behind is spoken of there: buffers and channels, and threads that rest between
    /// looks. No request gets there.
    private static final Set<String> OTHERS = Set.of(
            "io.netty.util.ResourceLeakDetector",
            "io.grpc.internal.ManagedChannelOrphanWrapper",
            "dev.penstock.server.arms.ArmWatch",
            "dev.penstock.server.monitoring.Monitoring",
            "dev.penstock.server.registry.RecordSync",
            "dev.penstock.server.rollout.Lookout",
            "dev.penstock.server.rollout.Rollouts");

    /// Held, or the level would be forgotten.
    private static final Logger OURS = Logger.getLogger("dev.penstock");

    @TempDir
    private Path repository;

    @Test
    void aThousandBadRequestsOfEachDoorAreNotLogged() throws Exception {
        OnnxModels.write(repository, "tiny", 1, OnnxModels.tiny());
        OnnxModels.write(repository, "add", 1, OnnxModels.add(2));
        OnnxModels.write(repository, "words", 1, OnnxModels.identity(DataType.BYTES, -1));
        for (GrpcTransport transport : GrpcTransport.values()) {
            try (RunningGateway gateway = TestGateways.serving(repository, transport);
                    CapturedLog all = new CapturedLog("")) {
                OURS.setLevel(Level.ALL);
                try {
                    new MalformedGrpc(gateway, new Random(SEED)).send(REQUESTS);
                    new MalformedRest(gateway, new Random(SEED)).send(REQUESTS);
                } finally {
                    OURS.setLevel(null);
                }
                assertThat(all.records())
                        .filteredOn(logged -> !OTHERS.contains(String.valueOf(logged.getLoggerName())))
                        .filteredOn(logged -> logged.getLevel().intValue() >= Level.INFO.intValue())
                        .extracting(logged -> logged.getLoggerName() + ": " + logged.getMessage())
                        .isEmpty();
            }
        }
    }
}
