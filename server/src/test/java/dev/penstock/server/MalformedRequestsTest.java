package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.GrpcTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What nobody should send, in numbers, over real sockets, while somebody else sends what everybody should.
/// In the end the process is well: good requests were answered rightly all along, and nothing native is left
/// open.
///
/// `-Dpenstock.malformed.requests=1000000` sends more, `-Dpenstock.malformed.seed=7` other ones.
@Timeout(1800)
class MalformedRequestsTest {
    private static final int REQUESTS = Integer.getInteger("penstock.malformed.requests", 14_000);
    private static final long SEED = Long.getLong("penstock.malformed.seed", 20_261_121L);

    @TempDir
    private Path repository;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    @ParameterizedTest
    @EnumSource
    void theServerAnswersAllOfThemAndStaysWell(GrpcTransport transport) throws Exception {
        OnnxModels.write(repository, "tiny", 1, OnnxModels.tiny());
        OnnxModels.write(repository, "add", 1, OnnxModels.add(2));
        OnnxModels.write(repository, "words", 1, OnnxModels.identity(DataType.BYTES, -1));
        NativeHandles handles;
        try (RunningGateway gateway = TestGateways.serving(repository, transport)) {
            handles = gateway.handles();
            sendAll(gateway);
            assertThat(failure.get()).as("seed %d", SEED).isNull();
            assertAllIsWell(gateway);
        }
        assertThat(handles.total()).isZero();
    }

    private void sendAll(RunningGateway gateway) throws InterruptedException {
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int index = i;
            int share = REQUESTS / 4;
            senders.add(Thread.ofPlatform()
                    .start(() -> guarded(() -> {
                        Random random = new Random(SEED + index);
                        if (index % 2 == 0) {
                            new MalformedGrpc(gateway, random).send(share);
                        } else {
                            new MalformedRest(gateway, random).send(share);
                        }
                    })));
        }
        for (Thread sender : senders) {
            sender.join();
        }
    }

    private void guarded(Sender sender) {
        try {
            sender.send();
        } catch (Exception | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    private interface Sender {
        void send() throws Exception;
    }

    private static void assertAllIsWell(RunningGateway gateway) throws IOException {
        try (GrpcClient client = GrpcClient.of(gateway)) {
            assertThat(MalformedGrpc.isAnsweredWell(client)).isTrue();
        }
        assertThat(MalformedRest.isAnsweredWell(gateway)).isTrue();
    }
}
