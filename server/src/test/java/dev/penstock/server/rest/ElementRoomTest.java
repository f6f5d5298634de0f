package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.Staging;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ElementRoomTest {
    private static final int LARGE = 100_000;

    private final ByteBudget budget = new ByteBudget(1 << 20, "");
    private final Staging staging = new Staging(PooledByteBufAllocator.DEFAULT, budget);
    private final ElementRoom room = new ElementRoom(staging);

    @AfterEach
    void close() {
        room.close();
        staging.close();
        assertThat(budget.held()).isZero();
    }

    /// Pooled buffers are pieces of chunks, and not all can be the first.
    @Test
    void whatIsWrittenLiesInTheBufferAndNowhereElse() {
        List<ByteBuf> others = new ArrayList<>();
        List<ByteBuf> own = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ByteBuf other = PooledByteBufAllocator.DEFAULT.directBuffer(LARGE).writeZero(LARGE);
            others.add(other);
            ByteBuffer view = room.reserve(0, LARGE);
            assertThat(view).isNotNull();
            view.putLong(8, 42 + i);
            own.add(room.take());
        }
        for (int i = 0; i < 4; i++) {
            assertThat(own.get(i).getLongLE(8)).isEqualTo(42 + i);
            assertThat(others.get(i).getLong(8)).isZero();
            others.get(i).release();
            staging.give(own.get(i));
        }
    }

    @Test
    void whatWasWrittenStaysWhenItMoves() {
        ByteBuffer shared = room.reserve(0, 16);
        assertThat(shared).isNotNull();
        shared.putLong(8, 7);

        ByteBuffer larger = room.reserve(16, FastModel.COPY_AT_ONCE_BYTES);
        assertThat(larger).isNotNull();
        larger.putLong(16, 8);
        ByteBuffer largest = room.reserve(LARGE, LARGE);

        assertThat(largest).isNotNull();
        assertThat(largest.getLong(8)).isEqualTo(7);
        assertThat(largest.getLong(16)).isEqualTo(8);
        assertThat(largest.capacity()).isGreaterThanOrEqualTo(2 * LARGE);
    }

    @Test
    void withoutMemoryThereIsNoRoom() {
        assertThat(room.reserve(0, 2 << 20)).isNull();
        assertThat(room.own(100)).isTrue();
        assertThat(room.reserve(200, 2 << 20)).isNull();
        assertThat(room.take()).isNull();
    }
}
