package dev.penstock.server.fast;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

class StagingTest {
    private static final int MIB = 1 << 20;

    /// Has no memory left.
    private static final class Exhausted extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("on purpose");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("on purpose");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    @Test
    void memoryThatIsNotThereIsNotCounted() {
        ByteBudget budget = new ByteBudget(MIB, "");
        try (Staging staging = new Staging(new Exhausted(), budget)) {
            assertThat(staging.tryTakeWhole(1000)).isNull();
        }

        assertThat(budget.held()).isZero();
    }
}
