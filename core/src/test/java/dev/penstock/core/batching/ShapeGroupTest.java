package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeGroupTest {
    @Test
    void requestsWithOtherNumbersOfRowsAreInTheSameGroup() {
        ShapeGroup one = ShapeGroup.ofRequest(List.of(Shape.of(1, 32), Shape.of(1)));
        ShapeGroup seven = ShapeGroup.ofRequest(List.of(Shape.of(7, 32), Shape.of(7)));

        assertThat(one).isEqualTo(seven).hasSameHashCodeAs(seven).hasToString("[32] []");
        assertThat(one).isEqualTo(ShapeGroup.of(List.of(Shape.of(32), Shape.of())));
    }

    @Test
    void requestsWithOtherRowsAreNot() {
        ShapeGroup group = ShapeGroup.ofRequest(List.of(Shape.of(1, 32)));

        assertThat(group)
                .isNotEqualTo(ShapeGroup.ofRequest(List.of(Shape.of(1, 33))))
                .isNotEqualTo(ShapeGroup.ofRequest(List.of(Shape.of(1, 32, 1))));
    }

    @Test
    void rowsAndShapesFitTogether() {
        Shape row = ShapeGroup.rowOf(Shape.of(5, 3, 2));

        assertThat(row).isEqualTo(Shape.of(3, 2));
        assertThat(ShapeGroup.shapeOf(9, row)).isEqualTo(Shape.of(9, 3, 2));
    }
}
