package dev.penstock.server.fast;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
    void announcementsAreBelievedWhileThereIsPlenty() {
        ByteBudget budget = new ByteBudget(4L * MIB, "");
        try (Staging staging = new Staging(PooledByteBufAllocator.DEFAULT, budget)) {
            List<ByteBuf> taken = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                @Nullable ByteBuf buffer = staging.tryTake(64 * MIB);
                assertThat(buffer).isNotNull();
                taken.add(buffer);
            }

            assertThat(taken).extracting(ByteBuf::capacity).containsExactly(MIB, MIB, 16 * 1024);
            taken.forEach(staging::give);
        }
        assertThat(budget.held()).isZero();
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
