package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.server.fast.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A head that is found by its bytes must be the one that reading the message finds.
class HeadCacheTest {
    private static final int ROUNDS = 50_000;
    private static final long SEED = 99;

    private final Random random = new Random(SEED);
    private final FlopsModel model = FlopsModel.of("tiny", 16, Runnable::run);
    private final Layout layout = Layout.of(model);
    private final InferReader reader = new InferReader();
    private final HeadCache cache = new HeadCache();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment memory = arena.allocate(1 << 16);

    private void place(byte[] message) {
        MemorySegment.copy(message, 0, memory, ValueLayout.JAVA_BYTE, 0, message.length);
    }

    private @Nullable Head read(byte[] message) {
        return reader.read(memory.address(), message.length) ? Head.of(call -> model, layout, reader.request()) : null;
    }

    private ModelInferRequest request() {
        ModelInferRequest.Builder request = Requests.of(
                random.nextInt(8) == 0 ? "tin" : "tiny",
                1 + random.nextInt(3),
                16,
                "i".repeat(random.nextInt(4) * 50),
                random)
                .toBuilder();
        if (random.nextBoolean()) {
            request.setModelVersion("1");
        }
        if (random.nextInt(4) == 0) {
            request.addOutputs(
                    ModelInferRequest.InferRequestedOutputTensor.newBuilder().setName("n"));
        }
        return request.build();
    }

    private byte[] mutated() {
        byte[] message = request().toByteArray();
        switch (random.nextInt(4)) {
            case 0 -> message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> message = Arrays.copyOf(message, random.nextInt(message.length + 8));
            default -> {}
        }
        return message;
    }

    @Test
    void findsWhatReadingFinds() {
        int hits = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] message = mutated();
            place(message);
            @Nullable Head found = cache.find(memory.address(), message.length);
            @Nullable Head expected = read(message);
            String what =
                    "round %d of seed %d: %s".formatted(i, SEED, HexFormat.of().formatHex(message));
            if (found != null) {
                hits++;
                assertThat(expected).as(what).isNotNull();
                assertSame(found, expected, what);
            } else if (expected != null) {
                cache.remember(expected, memory.address(), message.length);
            }
        }

        assertThat(hits).isGreaterThan(ROUNDS / 4);
    }

    private void assertSame(Head found, Head expected, String what) {
        WireRequest request = reader.request();
        assertThat(found.modelName).as(what).isEqualTo(expected.modelName);
        assertThat(found.rows).as(what).isEqualTo(expected.rows);
        assertThat(found.inputs).as(what).isEqualTo(expected.inputs);
        assertThat(found.outputs).as(what).isEqualTo(expected.outputs);
        assertThat(found.timeoutNanos).as(what).isEqualTo(expected.timeoutNanos);
        assertThat(found.priority).as(what).isEqualTo(expected.priority);
        assertThat(cache.rawAddress(0)).as(what).isEqualTo(request.raw(0).address);
        assertThat(cache.idLength()).as(what).isEqualTo(request.id.length);
        if (request.id.length > 0) {
            assertThat(cache.idAddress()).as(what).isEqualTo(request.id.address);
        }
    }

    @Test
    void forgetsWhenCleared() {
        byte[] message = Requests.tiny("a", random).toByteArray();
        place(message);
        Head head = read(message);
        assertThat(head).isNotNull();
        cache.remember(head, memory.address(), message.length);
        assertThat(cache.find(memory.address(), message.length)).isSameAs(head);

        cache.clear();

        assertThat(cache.find(memory.address(), message.length)).isNull();
    }
}
