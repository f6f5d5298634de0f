package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.logging.CapturedLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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

    /// Below which the doors, and what is behind them, log. Other tests' threads and buffers may still be
    /// spoken of elsewhere.
    private static final List<String> DOORS = List.of(
            "dev.penstock.server.rest.",
            "dev.penstock.server.grpc.",
            "dev.penstock.server.fast.",
            "dev.penstock.server.calls.",
            "dev.penstock.server.routing.",
            "dev.penstock.server.wire.",
            "dev.penstock.router.",
            "dev.penstock.core.batching.",
            "dev.penstock.runtime.",
            "io.grpc.",
            "io.netty.channel.",
            "io.netty.handler.");

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
                        .filteredOn(logged -> isOfADoor(String.valueOf(logged.getLoggerName())))
                        .filteredOn(logged -> logged.getLevel().intValue() >= Level.INFO.intValue())
                        .extracting(logged -> logged.getLoggerName() + ": " + logged.getMessage())
                        .isEmpty();
            }
        }
    }

    private static boolean isOfADoor(String logger) {
        return DOORS.stream().anyMatch(logger::startsWith);
    }
}
