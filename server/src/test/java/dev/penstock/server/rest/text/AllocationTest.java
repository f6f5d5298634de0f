package dev.penstock.server.rest.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.penstock.core.DataType;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static final int COUNT = 1000;
    private static final int ROUNDS = 200;
    private static final long SEED = 11;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TensorDataScanner scanner = new TensorDataScanner(false);
    private final TensorDataWriter writer = new TensorDataWriter(NonFinite.REFUSED);
    private final ByteBuffer data = ByteBuffer.allocateDirect(8 * COUNT).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] text = new byte[64 * 1024];

    @Test
    void neitherReadingNorWritingAllocatesPerNumber() {
        Random random = new Random(SEED);
        for (DataType type : new DataType[] {DataType.FP32, DataType.FP64, DataType.INT64, DataType.UINT64}) {
            // Bits of a number are an integer as good as any.
            for (int i = 0; i < COUNT; i++) {
                data.putDouble(8 * i, random.nextGaussian());
            }
            for (int i = 0; i < COUNT && type == DataType.FP32; i++) {
                data.putFloat(4 * i, (float) random.nextGaussian());
            }
            roundTrips(type);
            long before = threads.getCurrentThreadAllocatedBytes();
            roundTrips(type);
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(bytes).as("%s, seed %d", type, SEED).isLessThan(ROUNDS * COUNT / 100);
        }
    }

    /// Writes the numbers and reads them back, many times.
    private void roundTrips(DataType type) {
        for (int i = 0; i < ROUNDS; i++) {
            writer.begin(type, data, 0, COUNT);
            int end = writer.write(text, 0, text.length);
            scanner.scan(text, 0, end, type, data, 0, COUNT);
        }
    }
}
