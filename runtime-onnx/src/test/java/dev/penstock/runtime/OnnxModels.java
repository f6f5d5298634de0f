package dev.penstock.runtime;

import static dev.penstock.runtime.Graph.attribute;
import static dev.penstock.runtime.Graph.elementType;
import static dev.penstock.runtime.Graph.floats;
import static dev.penstock.runtime.Graph.longs;
import static dev.penstock.runtime.Graph.mlNode;
import static dev.penstock.runtime.Graph.names;
import static dev.penstock.runtime.Graph.node;
import static dev.penstock.runtime.Graph.sequenceType;
import static dev.penstock.runtime.Graph.strings;
import static dev.penstock.runtime.Graph.tensorType;

import dev.penstock.core.DataType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Tiny ONNX models, for tests that need a real one with a known behaviour.
public final class OnnxModels {
    private static final int SLOW_COLUMNS = 256;
    private static final int EMBEDDING_ROWS = 10;

    private OnnxModels() {}

    /// Writes `<repository>/<model>/<version>/model.onnx`.
    ///
    /// @return that file
    public static Path write(Path repository, String model, long version, byte[] content) {
        try {
            Path folder = Files.createDirectories(repository.resolve(model).resolve(Long.toString(version)));
            return Files.write(folder.resolve("model.onnx"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `y` is `x`. A dimension of -1 takes any size; the first is named `batch`.
    public static byte[] identity(DataType type, long... dims) {
        return identity(elementType(type), dims);
    }

    static byte[] identity(int elementType, long... dims) {
        return new Graph("identity")
                .input("x", tensorType(elementType, dims))
                .node("Identity", names("x"), "y")
                .output("y", tensorType(elementType, dims))
                .toModel();
    }

    /// `y` FP32 `[batch,columns]` is `x` times a factor.
    public static byte[] times(float factor, int columns) {
        return new Graph("times")
                .input("x", DataType.FP32, -1, columns)
                .constant(floats("factor", new long[] {1}, factor))
                .node("Mul", names("x", "factor"), "y")
                .output("y", DataType.FP32, -1, columns)
                .toModel();
    }

    /// `sum` FP32 `[batch,columns]` is `a` plus `b`, of the same shape.
    public static byte[] add(int columns) {
        return new Graph("add")
                .input("a", DataType.FP32, -1, columns)
                .input("b", DataType.FP32, -1, columns)
                .node("Add", names("a", "b"), "sum")
                .output("sum", DataType.FP32, -1, columns)
                .toModel();
    }

    /// Two outputs of `x` FP32 `[batch,2]`: `double` and `negative`, in that order.
    public static byte[] twoOutputs() {
        return new Graph("two-outputs")
                .input("x", DataType.FP32, -1, 2)
                .node("Add", names("x", "x"), "double")
                .node("Neg", names("x"), "negative")
                .output("double", DataType.FP32, -1, 2)
                .output("negative", DataType.FP32, -1, 2)
                .toModel();
    }

    /// A classifier as small as they come: `y` FP32 `[batch,3]` is softmax(`x` FP32 `[batch,4]` times a
    /// matrix plus a vector). Its rows add up to 1.
    public static byte[] tiny() {
        float[] weights = {0.1f, 0.2f, 0.3f, -0.4f, 0.5f, -0.6f, 0.7f, -0.8f, 0.9f, -1.0f, 1.1f, -1.2f};
        return new Graph("tiny")
                .input("x", DataType.FP32, -1, 4)
                .constant(floats("w", new long[] {4, 3}, weights))
                .constant(floats("b", new long[] {3}, 0.1f, 0, -0.1f))
                .node("MatMul", names("x", "w"), "xw")
                .node("Add", names("xw", "b"), "logits")
                .node(node("Softmax", names("logits"), names("y"), attribute("axis", 1)))
                .output("y", DataType.FP32, -1, 3)
                .toModel();
    }

    /// `y` FP32 `[batch,1]` is `x` FP32 `[batch,1]` plus `addend`.
    public static byte[] plus(float addend) {
        return new Graph("plus")
                .input("x", DataType.FP32, -1, 1)
                .constant(floats("addend", new long[] {1}, addend))
                .node("Add", names("x", "addend"), "y")
                .output("y", DataType.FP32, -1, 1)
                .toModel();
    }

    /// Takes its time: `x` FP32 `[batch,256]` goes through as many products with a 256x256 matrix as there are
    /// `rounds`, one after another, and comes out as `y`. A round of one row takes some microseconds.
    public static byte[] slow(int rounds) {
        float[] weights = new float[SLOW_COLUMNS * SLOW_COLUMNS];
        Arrays.fill(weights, 1f / SLOW_COLUMNS);
        Graph body = new Graph("body")
                .input("round", DataType.INT64)
                .input("go", DataType.BOOL)
                .input("s", DataType.FP32, -1, SLOW_COLUMNS)
                .node("Identity", names("go"), "goOn")
                .node("MatMul", names("s", "w"), "next")
                .output("goOn", DataType.BOOL)
                .output("next", DataType.FP32, -1, SLOW_COLUMNS);
        return new Graph("slow")
                .input("x", DataType.FP32, -1, SLOW_COLUMNS)
                .constant(floats("w", new long[] {SLOW_COLUMNS, SLOW_COLUMNS}, weights))
                .constant(longs("rounds", new long[0], rounds))
                .node(node("Loop", names("rounds", "", "x"), names("y"), attribute("body", body)))
                .output("y", DataType.FP32, -1, SLOW_COLUMNS)
                .toModel();
    }

    /// Loads, and fails while running unless `shape` INT64 `[1]` is 6: that is what six numbers can be reshaped
    /// to.
    public static byte[] failing() {
        return new Graph("failing")
                .input("shape", DataType.INT64, 1)
                .constant(floats("six", new long[] {2, 3}, 1, 2, 3, 4, 5, 6))
                .node("Reshape", names("six", "shape"), "y")
                .output("y", DataType.FP32, -1)
                .toModel();
    }

    /// `y` FP32 `[batch,1]` is `x` FP32 `[batch,1]` plus one, computed by way of 16 KiB for each row.
    static byte[] wideInside() {
        float[] ones = new float[4096];
        Arrays.fill(ones, 1);
        return new Graph("wide-inside")
                .input("x", DataType.FP32, -1, 1)
                .constant(floats("ones", new long[] {1, ones.length}, ones))
                .constant(longs("columns", new long[] {1}, 1))
                .node("Add", names("x", "ones"), "wide")
                .node("ReduceMax", names("wide", "columns"), "y")
                .output("y", DataType.FP32, -1, 1)
                .toModel();
    }

    /// `y` FP32 `[batch]` is `ids` INT64 `[batch]` times ten, looked up in a table of ten rows: an id outside
    /// of -10..9 is an invalid argument that only the running model notices.
    public static byte[] embedding() {
        return embedding(EMBEDDING_ROWS);
    }

    /// The same with a table of `rows` rows.
    static byte[] embedding(int rows) {
        float[] table = new float[rows];
        for (int i = 0; i < table.length; i++) {
            table[i] = i * 10f;
        }
        return new Graph("embedding")
                .input("ids", DataType.INT64, -1)
                .constant(floats("table", new long[] {rows}, table))
                .node("Gather", names("table", "ids"), "y")
                .output("y", DataType.FP32, -1)
                .toModel();
    }

    /// `y` FP32, a scalar, is twice the scalar `x`.
    public static byte[] scalarInput() {
        return new Graph("scalar")
                .input("x", DataType.FP32)
                .node("Add", names("x", "x"), "y")
                .output("y", DataType.FP32)
                .toModel();
    }

    /// `y` FP32 is full of ones and has the two dimensions that `shape` INT64 `[2]` says: few bytes in, many
    /// out.
    public static byte[] expand() {
        return new Graph("expand")
                .input("shape", DataType.INT64, 2)
                .constant(floats("one", new long[] {1, 1}, 1))
                .node("Expand", names("one", "shape"), "y")
                .output("y", DataType.FP32, -1, -1)
                .toModel();
    }

    /// `y` is `x` `[batch]`, converted.
    public static byte[] cast(DataType from, DataType to) {
        return new Graph("cast")
                .input("x", from, -1)
                .node(node("Cast", names("x"), names("y"), attribute("to", elementType(to))))
                .output("y", to, -1)
                .toModel();
    }

    /// `y` INT64 `[batch]` is the place of `x` BYTES `[batch]` among the `words`, or -1.
    public static byte[] vocabulary(String... words) {
        long[] places = new long[words.length];
        Arrays.setAll(places, i -> i);
        return new Graph("vocabulary")
                .input("x", DataType.BYTES, -1)
                .node(mlNode(
                        "LabelEncoder",
                        "x",
                        "y",
                        attribute("keys_strings", words),
                        attribute("values_int64s", places),
                        attribute("default_int64", -1)))
                .output("y", DataType.INT64, -1)
                .toModel();
    }

    /// `y` BYTES `[batch]` is the word at place `x` INT64 `[batch]`.
    public static byte[] words(String... words) {
        return new Graph("words")
                .input("x", DataType.INT64, -1)
                .constant(strings("table", new long[] {words.length}, words))
                .node("Gather", names("table", "x"), "y")
                .output("y", DataType.BYTES, -1)
                .toModel();
    }

    /// `y` FP32 `[batch,columns]` is `x` rounded to 256 steps between the least and the largest of all its
    /// rows: what a row is answered depends on its neighbours, as with every model that was quantized
    /// dynamically.
    public static byte[] dynamicallyQuantized(int columns) {
        return new Graph("dynamically-quantized")
                .input("x", DataType.FP32, -1, columns)
                .node("DynamicQuantizeLinear", names("x"), "steps", "scale", "zero")
                .node("DequantizeLinear", names("steps", "scale", "zero"), "y")
                .output("y", DataType.FP32, -1, columns)
                .toModel();
    }

    /// `pooled` FP32 `[1,2]` is the mean of the rows of `x` FP32 `[batch,2]`, though it says `[batch,2]`.
    public static byte[] pooled() {
        return new Graph("pooled")
                .input("x", DataType.FP32, -1, 2)
                .constant(longs("zero", new long[] {1}, 0))
                // Were the axis a constant, the session would correct the output's shape.
                .node("Size", names("x"), "size")
                .node("Mul", names("size", "zero"), "rows")
                .node("ReduceMean", names("x", "rows"), "pooled")
                .output("pooled", DataType.FP32, -1, 2)
                .toModel();
    }

    /// `y` FP32 has those elements of `x` FP32 `[batch]` that are greater than `limit`.
    public static byte[] greaterThan(float limit) {
        return new Graph("greater-than")
                .input("x", DataType.FP32, -1)
                .constant(floats("limit", new long[0], limit))
                .node("Greater", names("x", "limit"), "wanted")
                .node(node("Compress", names("x", "wanted"), names("y"), attribute("axis", 0)))
                .output("y", DataType.FP32, -1)
                .toModel();
    }

    /// Its output is a sequence of tensors.
    static byte[] sequenceOutput() {
        return new Graph("sequence-output")
                .input("x", DataType.FP32, -1)
                .node("SequenceConstruct", names("x", "x"), "y")
                .output("y", sequenceType(tensorType(elementType(DataType.FP32), -1)))
                .toModel();
    }

    /// Its input is a sequence of tensors.
    static byte[] sequenceInput() {
        return new Graph("sequence-input")
                .input("x", sequenceType(tensorType(elementType(DataType.FP32), -1)))
                .node(node("ConcatFromSequence", names("x"), names("y"), attribute("axis", 0)))
                .output("y", DataType.FP32, -1)
                .toModel();
    }

    /// A classifier as scikit-learn's exporter writes it by default: its output is a sequence of maps.
    static byte[] zipMap() {
        Proto map = Proto.message()
                .child(
                        5,
                        Proto.message()
                                .number(1, elementType(DataType.INT64))
                                .child(2, tensorType(elementType(DataType.FP32))));
        return new Graph("zip-map")
                .input("x", DataType.FP32, -1, 2)
                .node(mlNode("ZipMap", "x", "y", attribute("classlabels_int64s", new long[] {0, 1})))
                .output("y", sequenceType(map))
                .toModel();
    }

    /// `y` FP32 `[2]` is `x` FP32 `[2]` plus two floats that lie in the file `location`.
    public static byte[] externalData(String location) {
        return new Graph("external-data")
                .input("x", DataType.FP32, 2)
                .constant(Graph.externalFloats("w", location, 2))
                .node("Add", names("x", "w"), "y")
                .output("y", DataType.FP32, 2)
                .toModel();
    }
}
