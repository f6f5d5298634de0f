package dev.penstock.loadtest.soak;

import dev.penstock.loadtest.bench.OnnxFile;
import java.util.List;
import java.util.Random;

/// A model of which every version is another: it answers with a number that depends on the request, plus the
/// number of the version. So an answer tells which version ran, whatever it says. Large enough that a version
/// that stays in memory is seen. Immutable.
final class SwapModel {
    static final String NAME = "soak";

    /// How many requests there are.
    static final int VARIANTS = 8;

    static final int INPUTS = 32;

    /// Beyond, a float does not tell versions apart any more.
    static final int MAX_VERSION = 100_000;

    /// Of what an answer may be beside a whole number of versions.
    private static final double TOLERANCE = 0.02;

    private static final int HIDDEN = 16_384;
    private static final float SECOND_WEIGHT = 0.002f;
    private static final long SEED = 5;

    private final float[] first = new float[INPUTS * HIDDEN];
    private final float[] second = new float[HIDDEN];
    private final double[] bases = new double[VARIANTS];

    SwapModel() {
        Random random = new Random(SEED);
        for (int i = 0; i < first.length; i++) {
            first[i] = random.nextFloat() - 0.5f;
        }
        for (int i = 0; i < second.length; i++) {
            second[i] = (2 * random.nextFloat() - 1) * SECOND_WEIGHT;
        }
        for (int variant = 0; variant < VARIANTS; variant++) {
            bases[variant] = base(input(variant));
        }
    }

    private double base(float[] input) {
        double sum = 0;
        for (int hidden = 0; hidden < HIDDEN; hidden++) {
            double value = 0;
            for (int i = 0; i < INPUTS; i++) {
                value += (double) input[i] * (double) first[i * HIDDEN + hidden];
            }
            sum += Math.max(0, value) * (double) second[hidden];
        }
        return sum;
    }

    /// The ONNX file of a version.
    byte[] bytes(int version) {
        return new OnnxFile()
                .constant("first", first, INPUTS, HIDDEN)
                .constant("second", second, HIDDEN, 1)
                .constant("version", new float[] {(float) version}, 1)
                .node("MatMul", List.of("x", "first"), "product")
                .node("Relu", List.of("product"), "hidden")
                .node("MatMul", List.of("hidden", "second"), "base")
                .node("Add", List.of("base", "version"), "y")
                .toBytes(List.of((long) INPUTS), List.of(1L));
    }

    static float[] input(int variant) {
        float[] input = new float[INPUTS];
        for (int i = 0; i < INPUTS; i++) {
            input[i] = (float) ((i * 7 + variant * 5) % 13) / 13;
        }
        return input;
    }

    /// What a version answers to a request.
    double answer(int variant, int version) {
        return bases[variant] + (double) version;
    }

    /// Which version answers a request with that; -1 if none does.
    long versionOf(int variant, double answer) {
        double version = answer - bases[variant];
        long nearest = Math.round(version);
        // NaN is near nothing.
        return Math.abs(version - (double) nearest) <= TOLERANCE ? nearest : -1;
    }
}
