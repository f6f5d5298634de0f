package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JsonParser;

class JsonNumbersTest {
    private static final long SEED = 314159;
    private static final int COUNT = 200_000;

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"BYTES", "BOOL"},
            mode = EnumSource.Mode.EXCLUDE)
    void randomBitPatternsSurviveTheWayThroughJson(DataType type) {
        Random random = new Random(SEED);
        ByteBuffer bits = ByteBuffer.allocate(COUNT * type.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
        while (bits.hasRemaining()) {
            putFinite(type, random, bits);
        }
        bits.flip();

        ByteBuf text = Json.write(
                json -> new JsonTensorWriter(json, false).write(new Tensor("x", type, Shape.of(COUNT), bits)));

        ByteBuffer back = read(text, type, COUNT);
        assertThat(back.mismatch(bits)).as("first wrong byte of seed %d", SEED).isEqualTo(-1);
        text.release();
    }

    private static void putFinite(DataType type, Random random, ByteBuffer bits) {
        int at = bits.position();
        byte[] element = new byte[type.byteSize()];
        do {
            random.nextBytes(element);
            bits.position(at).put(element);
        } while (!Double.isFinite(value(type, bits, at)));
    }

    private static double value(DataType type, ByteBuffer bits, int at) {
        return switch (type) {
            case FP16 -> Float.float16ToFloat(bits.getShort(at));
            case BF16 -> SmallFloats.fromBf16(bits.getShort(at));
            case FP32 -> bits.getFloat(at);
            case FP64 -> bits.getDouble(at);
            default -> 0;
        };
    }

    private static ByteBuffer read(ByteBuf text, DataType type, int count) {
        try (JsonParser json = Json.parser(text, text.readerIndex(), text.readableBytes())) {
            json.nextToken();
            return new JsonTensorReader("x", Shape.of(count), count).read(json, type, text.readableBytes());
        }
    }

    @Test
    void decimalsOfAnyLengthBecomeTheNearestFloat() {
        Random random = new Random(SEED);
        for (int i = 0; i < COUNT; i++) {
            String decimal = decimal(random);

            ByteBuf text = Unpooled.copiedBuffer("[" + decimal + "]", StandardCharsets.US_ASCII);
            float single = read(text, DataType.FP32, 1).getFloat();
            double twice = read(text, DataType.FP64, 1).getDouble();

            assertThat(single).as("round %d of seed %d: %s", i, SEED, decimal).isEqualTo(Float.parseFloat(decimal));
            assertThat(twice).as("round %d of seed %d: %s", i, SEED, decimal).isEqualTo(Double.parseDouble(decimal));
        }
    }

    private static String decimal(Random random) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
        text.append((char) ('1' + random.nextInt(9)));
        int digits = random.nextInt(25);
        for (int i = 0; i < digits; i++) {
            text.append((char) ('0' + random.nextInt(10)));
        }
        if (random.nextBoolean()) {
            text.append('.').append(random.nextInt(1_000_000));
        }
        return random.nextInt(3) == 0
                ? text.append('e').append(random.nextInt(20) - 30).toString()
                : text.toString();
    }
}
