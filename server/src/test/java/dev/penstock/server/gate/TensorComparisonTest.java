package dev.penstock.server.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TensorComparisonTest {
    private static final Tolerance TENTH = new Tolerance(0, 0.1);

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0, 0, true",
        "0, -0.0, 0, 0, true",
        "1, 1.5, 0.5, 0, true",
        "1, 1.51, 0.5, 0, false",
        "10, 11, 0, 0.1, true",
        "-10, -11, 0, 0.1, true",
        "11, 10, 0, 0.09, false",
        "0, 0.1, 0, 100, false",
        "NaN, NaN, 0, 0, true",
        "NaN, 1, 9, 9, false",
        "1, NaN, 9, 9, false",
        "Infinity, Infinity, 0, 0, true",
        "Infinity, -Infinity, 9, 9, false",
        "Infinity, 1e300, 9, 9, false",
        "1e300, Infinity, 9, 9, false"
    })
    void aToleranceIsAbsoluteAndRelative(
            double expected, double got, double absolute, double relative, boolean accepted) {
        assertThat(new Tolerance(absolute, relative).accepts(expected, got)).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({"FP16", "BF16", "FP32", "FP64"})
    void everyTypeWithFractionsHasTolerance(DataType type) {
        assertThat(differences(type, "[1.0]", "[1.0625]", null)).isEmpty();
        assertThat(differences(type, "[1.0]", "[1.25]", null))
                .containsExactly("output 'y'[0]: expected 1.0, got 1.25 (apart: 0.25, allowed: 0.1)");
    }

    @ParameterizedTest
    @CsvSource({"INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64"})
    void integersAreExactUnlessTheirOutputHasItsOwnTolerance(DataType type) {
        assertThat(differences(type, "[100]", "[101]", null)).containsExactly("output 'y'[0]: expected 100, got 101");
        assertThat(differences(type, "[100]", "[101]", new Tolerance(1, 0))).isEmpty();
        assertThat(differences(type, "[100]", "[102]", new Tolerance(1, 0)))
                .containsExactly("output 'y'[0]: expected 100, got 102 (apart: 2.0, allowed: 1.0)");
    }

    @Test
    void integersTooLargeForFractionsAreExact() {
        assertThat(differences(DataType.INT64, "[9007199254740993]", "[9007199254740992]", null))
                .containsExactly("output 'y'[0]: expected 9007199254740993, got 9007199254740992");
        assertThat(differences(DataType.UINT64, "[18446744073709551615]", "[0]", new Tolerance(1e18, 0)))
                .containsExactly("output 'y'[0]: expected 18446744073709551615, got 0 "
                        + "(apart: 1.8446744E19, allowed: 1.0E18)");
    }

    @Test
    void truthIsTold() {
        assertThat(differences(DataType.BOOL, "[true]", "[false]", null))
                .containsExactly("output 'y'[0]: expected true, got false");
    }

    @Test
    void placesAreThoseOfTheShape() {
        Shape shape = Shape.of(2, 3, 4);

        assertThat(TensorComparison.place(shape, 0)).isEqualTo("[0,0,0]");
        assertThat(TensorComparison.place(shape, 23)).isEqualTo("[1,2,3]");
        assertThat(TensorComparison.place(shape, 17)).isEqualTo("[1,1,1]");
        assertThat(TensorComparison.place(Shape.of(), 0)).isEqualTo("[]");
    }

    @Test
    void shapesAndTypesMustBeTheSame() {
        assertThat(TensorComparison.differences(
                        tensor(DataType.FP32, "[1, 2]"), tensor(DataType.FP32, "[1]"), null, TENTH))
                .containsExactly("output 'y': expected FP32 [2], got FP32 [1]");
        assertThat(TensorComparison.differences(
                        tensor(DataType.FP32, "[1]"), tensor(DataType.FP16, "[1]"), null, TENTH))
                .containsExactly("output 'y': expected FP32 [1], got FP16 [1]");
    }

    private static List<String> differences(DataType type, String expected, String got, @Nullable Tolerance own) {
        return TensorComparison.differences(tensor(type, expected), tensor(type, got), own, TENTH);
    }

    private static Tensor tensor(DataType type, String data) {
        JsonNode elements = new JsonMapper().readTree(data);
        ElementWriter writer = new ElementWriter(type, "y");
        elements.forEach(writer::add);
        Shape shape = Shape.of(elements.size());
        return new Tensor("y", type, shape, writer.finish(shape));
    }
}
