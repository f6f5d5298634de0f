package dev.penstock.core.batching;

import dev.penstock.core.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The requests of a model whose rows can run together: those whose inputs agree in every dimension after the first.
/// Immutable; equal when their shapes are.
///
/// @param inputRowShapes the shape of one row of each input, in the order of the signature
public record ShapeGroup(List<Shape> inputRowShapes) {
    public ShapeGroup {
        inputRowShapes = List.copyOf(inputRowShapes);
    }

    public static ShapeGroup of(List<Shape> inputRowShapes) {
        return new ShapeGroup(inputRowShapes);
    }

    /// The group of a request.
    ///
    /// @param inputShapes of all inputs, in the order of the signature, each with at least one dimension
    public static ShapeGroup ofRequest(List<Shape> inputShapes) {
        List<Shape> rows = new ArrayList<>(inputShapes.size());
        for (Shape shape : inputShapes) {
            rows.add(rowOf(shape));
        }
        return new ShapeGroup(rows);
    }

    /// What is left of a shape without its first dimension.
    public static Shape rowOf(Shape shape) {
        long[] dims = new long[shape.rank() - 1];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = shape.dim(i + 1);
        }
        return Shape.of(dims);
    }

    /// The shape of `rows` rows.
    public static Shape shapeOf(int rows, Shape row) {
        long[] dims = new long[row.rank() + 1];
        dims[0] = rows;
        for (int i = 1; i < dims.length; i++) {
            dims[i] = row.dim(i - 1);
        }
        return Shape.of(dims);
    }

    /// One row of each input: `[32] [32]`.
    @Override
    public String toString() {
        return inputRowShapes.stream().map(Shape::toString).collect(Collectors.joining(" "));
    }
}
