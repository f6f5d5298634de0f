package dev.penstock.loadtest.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorSpecTest {
    @Test
    void theLastOpenDimensionTakesTheRest() {
        assertThat(new TensorSpec("x", "FP32", List.of(-1L, 4L)).shapeOf(8)).containsExactly(2L, 4L);
        assertThat(new TensorSpec("x", "INT64", List.of(-1L, -1L)).shapeOf(5)).containsExactly(1L, 5L);
        assertThat(new TensorSpec("x", "INT64", List.of(2L, 2L)).shapeOf(4)).containsExactly(2L, 2L);
        assertThat(new TensorSpec("x", "INT64", List.of()).shapeOf(1)).isEmpty();
    }

    @Test
    void saysHowManyValuesWouldFit() {
        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> new TensorSpec("x", "FP32", List.of(2L, 2L)).shapeOf(5))
                .withMessage("input 'x' has 5 values (expected: 4, its shape is [2,2])");
        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> new TensorSpec("x", "FP32", List.of(-1L, 0L)).shapeOf(5))
                .withMessage("input 'x' has 5 values (expected: a multiple of 0, its shape is [-1,0])");
    }
}
