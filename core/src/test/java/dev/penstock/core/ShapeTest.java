package dev.penstock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void countsElements() {
        assertThat(Shape.of(2, 3, 4).elementCount()).isEqualTo(24);
        assertThat(Shape.of().elementCount()).isEqualTo(1);
        assertThat(Shape.of(5, 0, 7).elementCount()).isZero();
    }

    @Test
    void aProductThatDoesNotFitIsNotCountedWrong() {
        assertThatThrownBy(() -> Shape.of(1L << 32, 1L << 32).elementCount()).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void aZeroDoesNotHideAnOverflow() {
        assertThatThrownBy(() -> Shape.of(1L << 40, 0, 1L << 40).elementCount())
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void printsAsClientsDo() {
        assertThat(Shape.of(-1, 64)).hasToString("[-1,64]");
    }

    @Test
    void keepsItsOwnDimensions() {
        long[] dims = {1, 2};
        Shape shape = Shape.of(dims);
        dims[0] = 9;
        shape.toArray()[1] = 9;

        assertThat(shape).isEqualTo(Shape.of(1, 2));
    }
}
