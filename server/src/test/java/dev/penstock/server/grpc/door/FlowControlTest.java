package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Answers of which a peer asks for more than it reads, or than its windows allow.
class FlowControlTest {
    private static final int FIRST_WINDOW = 65_535;
    private static final int MAX_FRAME_SIZE = 5;
    private static final int LARGEST_FRAME = (1 << 24) - 1;
    private static final int LOUD_BYTES = 1_200_000;

    private final DoorSettings settings =
            TestDoor.settings(1 << 20, DoorSettings.NEVER_COMPRESS, ConnectionSettings.DEFAULT);
    private final FlopsModel tiny = FlopsModel.of("tiny", 16, Runnable::run);
    private final TestDoor door = new TestDoor(
            settings,
            new FakeModels(Runnable::run)
                    .with(new LoudModel("loud", LOUD_BYTES))
                    .with(tiny),
            List.of());
    private final Random random = new Random(21);

    FlowControlTest() throws IOException {}

    @AfterEach
    void close() {
        door.close();
    }

    private byte[] ask(String model) {
        return Requests.framed(Requests.of(model, 1, 16, "w", random));
    }

    @Test
    void answersCountThoughTheWindowsAreWide() throws Exception {
        try (Wire wire = new Wire(door.port(), Integer.MAX_VALUE)) {
            wire.settings(MAX_FRAME_SIZE, LARGEST_FRAME);
            wire.intFrame(Wire.WINDOW_UPDATE, 0, Integer.MAX_VALUE - FIRST_WINDOW);
            byte[] ask = ask("loud");
            for (int stream = 1; stream < 400; stream += 2) {
                wire.open(stream);
                wire.frame(Wire.DATA, Wire.END_STREAM, stream, ask);
            }
            wire.out.flush();

            long lastNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (door.budget.held() < settings.maxMessageBytes() && System.nanoTime() < lastNanos) {
                Thread.sleep(5);
            }
            assertThat(door.budget.held()).isGreaterThan(settings.maxMessageBytes());
        }
    }

    @Test
    void theConnectionsWindowIsNeverOverdrawn() throws IOException {
        try (Wire wire = new Wire(door.port(), Integer.MAX_VALUE)) {
            ModelStreamInferTest.open(wire, 1);
            // No more is taken than the first, until its answer has gone out.
            wire.frame(Wire.DATA, 0, 1, ask("loud"));
            for (int i = 0; i < 20; i++) {
                wire.frame(Wire.DATA, 0, 1, ask("tiny"));
            }
            int answer = awaitData(wire, FIRST_WINDOW);
            int more = LOUD_BYTES + 200 - FIRST_WINDOW;
            wire.intFrame(Wire.WINDOW_UPDATE, 0, more);
            answer += awaitData(wire, LOUD_BYTES - FIRST_WINDOW);
            wire.frame(Wire.PING, 0, 0, new byte[8]);
            for (Wire.Frame frame = wire.next(); frame.type() != Wire.PING; frame = wire.next()) {
                answer += frame.type() == Wire.DATA ? frame.size() : 0;
            }

            assertThat(answer).isLessThanOrEqualTo(FIRST_WINDOW + more);
        }
    }

    private static int awaitData(Wire wire, int bytes) throws IOException {
        int count = 0;
        while (count < bytes) {
            count += wire.await(Wire.DATA, 1).size();
        }
        return count;
    }
}
