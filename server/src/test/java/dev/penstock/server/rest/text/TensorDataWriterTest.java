package dev.penstock.server.rest.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorDataWriterTest {
    private static final long SEED = 9;

    private final ByteBuffer data = ByteBuffer.allocateDirect(80_000).order(ByteOrder.LITTLE_ENDIAN);

    private String write(DataType type, int count, int pieceBytes) {
        TensorDataWriter writer = new TensorDataWriter(NonFinite.QUOTED);
        writer.begin(type, data, 0, count);
        StringBuilder text = new StringBuilder();
        byte[] out = new byte[pieceBytes];
        while (!writer.isDone()) {
            int end = writer.write(out, 0, out.length);
            assertThat(end).isPositive();
            text.append(new String(out, 0, end, StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    @Test
    void elementsOfEveryTypeAreWritten() {
        data.putLong(0, -1).putLong(8, 0);

        assertThat(write(DataType.INT8, 2, 100)).isEqualTo("[-1,-1]");
        assertThat(write(DataType.INT16, 1, 100)).isEqualTo("[-1]");
        assertThat(write(DataType.INT32, 3, 100)).isEqualTo("[-1,-1,0]");
        assertThat(write(DataType.INT64, 2, 100)).isEqualTo("[-1,0]");
        assertThat(write(DataType.UINT8, 1, 100)).isEqualTo("[255]");
        assertThat(write(DataType.UINT16, 1, 100)).isEqualTo("[65535]");
        assertThat(write(DataType.UINT32, 1, 100)).isEqualTo("[4294967295]");
        assertThat(write(DataType.UINT64, 1, 100)).isEqualTo("[18446744073709551615]");
        assertThat(write(DataType.FP32, 3, 100)).isEqualTo("[\"NaN\",\"NaN\",0.0]");
        assertThat(write(DataType.FP64, 2, 100)).isEqualTo("[\"NaN\",0.0]");
        data.putShort(0, (short) 0x2E66)
                .putShort(2, (short) 0xBF80)
                .put(4, (byte) 1)
                .put(5, (byte) 0);
        assertThat(write(DataType.FP16, 1, 100)).isEqualTo("[0.1]");
        assertThat(write(DataType.BF16, 2, 100)).endsWith(",-1.0]");
        data.put(0, (byte) 1).put(1, (byte) 0);
        assertThat(write(DataType.BOOL, 2, 100)).isEqualTo("[true,false]");
        assertThat(write(DataType.INT8, 0, 100)).isEqualTo("[]");
    }

    @Test
    void piecesOfAnySizeMakeTheSameTextAndItReadsBack() {
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            data.putDouble(8 * i, random.nextGaussian());
        }
        String whole = write(DataType.FP64, 10_000, 300_000);

        assertThat(write(DataType.FP64, 10_000, 64)).isEqualTo(whole);
        assertThat(write(DataType.FP64, 10_000, 1000 + random.nextInt(1000))).isEqualTo(whole);
        ByteBuffer back = ByteBuffer.allocate(80_000).order(ByteOrder.LITTLE_ENDIAN);
        byte[] text = Texts.bytes(whole);
        assertThat(new TensorDataScanner(false).scan(text, 0, text.length, DataType.FP64, back, 0, 10_000))
                .isEqualTo(10_000);
        assertThat(back).isEqualTo(data);
    }

    @Test
    void anElementThatIsNotFiniteIsRefusedByItsIndex() {
        data.putFloat(0, 1).putFloat(4, Float.NEGATIVE_INFINITY);
        TensorDataWriter writer = new TensorDataWriter(NonFinite.REFUSED);
        writer.begin(DataType.FP32, data, 0, 2);

        assertThatThrownBy(() -> writer.write(new byte[100], 0, 100))
                .hasMessage("element 1 is not a finite FP32 and JSON has no such number");
    }
}
