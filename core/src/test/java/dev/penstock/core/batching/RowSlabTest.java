package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class RowSlabTest {
    @Test
    void whatCannotBeHadInFullIsGivenBack() {
        RowLayout tooLarge = RowLayout.of(new long[] {4, 1L << 60}, new long[0]);
        Arena arena = Arena.ofShared();

        assertThatThrownBy(() -> new RowSlab(tooLarge, 4, arena)).isInstanceOf(OutOfMemoryError.class);
        assertThat(arena.scope().isAlive())
                .as("the first input's memory is still held")
                .isFalse();
    }
}
