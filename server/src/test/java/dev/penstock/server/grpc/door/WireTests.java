package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ModelInferRequest;
import java.io.IOException;
import java.net.SocketException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;

/// What tests have in common that speak to a door by hand-made frames: a door before one model, a request that it
/// answers, and the proof that others are served as before when a test is done.
abstract class WireTests {
    /// More window than any answer needs.
    static final int WIDE = 1 << 20;

    final ModelInferRequest request = Requests.tiny("frames", new Random(5));
    final byte[] body = Requests.framed(request);
    final FlopsModel model = FlopsModel.of("tiny", 16, Runnable::run);
    final TestDoor door;

    WireTests() throws IOException {
        door = new TestDoor(new FakeModels(Runnable::run).with(model));
    }

    @AfterEach
    void close() {
        Requests.check(request, door.stub().modelInfer(request));
        door.close();
        assertThat(model.unreleased).hasValue(0);
    }

    /// DATA bytes of the answer to [#request].
    static int answerBytes() {
        int y = 4 * Float.BYTES;
        int outputs = 2 + 3 + 6 + 4 + 2 + 3 + 7 + 3;
        return 5 + 6 + 3 + 8 + outputs + 2 + y + 2 + Long.BYTES;
    }

    static void assertOk(Wire wire, int stream) throws IOException {
        Wire.Answer answer = wire.answer(stream);
        assertThat(answer.isOk()).as(answer.toString()).isTrue();
        assertThat(answer.dataBytes()).isEqualTo(answerBytes());
    }

    /// Attacks by one stream after the other. The server may end the connection in the midst of it; what counts is
    /// how it did.
    static void send(Wire wire, int times, Attack attack) {
        try {
            for (int i = 0; i < times; i++) {
                attack.send(2 * i + 1);
            }
            wire.out.flush();
        } catch (IOException e) {
            assertThat(e).isInstanceOf(SocketException.class);
        }
    }

    @FunctionalInterface
    interface Attack {
        void send(int stream) throws IOException;
    }
}
