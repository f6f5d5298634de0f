package dev.penstock.server.gate;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds an answer against what was expected, element by element. Used once, by one thread.
final class TensorComparison {
    /// What people read; the rest is counted.
    private static final int MOST_TOLD = 3;

    private static final int BF16_MISSING_BITS = 16;

    private final Tensor expected;
    private final Tensor got;
    private final @Nullable Tolerance own;
    private final Tolerance general;
    private final List<String> told = new ArrayList<>();
    private int different;

    private TensorComparison(Tensor expected, Tensor got, @Nullable Tolerance own, Tolerance general) {
        this.expected = expected;
        this.got = got;
        this.own = own;
        this.general = general;
    }

    /// The first differences, each in words, and how many more there are.
    ///
    /// @param own the tolerance of just this output, or null; only with it integers may differ
    /// @param general of numbers with fractions if there is no own
    static List<String> differences(Tensor expected, Tensor got, @Nullable Tolerance own, Tolerance general) {
        if (expected.type() != got.type() || !expected.shape().equals(got.shape())) {
            return List.of("output '%s': expected %s %s, got %s %s"
                    .formatted(expected.name(), expected.type(), expected.shape(), got.type(), got.shape()));
        }
        TensorComparison comparison = new TensorComparison(expected, got, own, general);
        if (expected.type() == DataType.BYTES) {
            comparison.compareStrings();
        } else {
            comparison.compareNumbers();
        }
        return comparison.result();
    }

    private List<String> result() {
        if (different > told.size()) {
            told.add("output '%s': %d more of %d values differ"
                    .formatted(
                            expected.name(),
                            different - told.size(),
                            expected.shape().elementCount()));
        }
        return List.copyOf(told);
    }

    private void compareNumbers() {
        int size = expected.type().byteSize();
        int count = expected.data().remaining() / size;
        for (int i = 0; i < count; i++) {
            int want = expected.data().position() + i * size;
            int have = got.data().position() + i * size;
            if (isReal(expected.type())) {
                compareReals(i, real(expected, want), real(got, have));
            } else {
                compareIntegers(i, integer(expected, want), integer(got, have));
            }
        }
    }

    private void compareReals(int index, double want, double have) {
        Tolerance tolerance = own == null ? general : own;
        if (!tolerance.accepts(want, have)) {
            tell(index, shown(want), shown(have), apart(tolerance, want, have));
        }
    }

    private void compareIntegers(int index, long want, long have) {
        if (want != have && (own == null || !own.accepts(magnitude(want), magnitude(have)))) {
            tell(index, text(want), text(have), own == null ? "" : apart(own, magnitude(want), magnitude(have)));
        }
    }

    private void compareStrings() {
        ByteBuffer wanted = expected.data().slice().order(expected.data().order());
        ByteBuffer had = got.data().slice().order(got.data().order());
        for (int i = 0; wanted.hasRemaining(); i++) {
            String want = string(wanted);
            String have = string(had);
            if (!want.equals(have)) {
                tell(i, '"' + want + '"', '"' + have + '"', "");
            }
        }
    }

    private static String string(ByteBuffer data) {
        byte[] bytes = new byte[data.getInt()];
        data.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void tell(int index, String want, String have, String apart) {
        different++;
        if (told.size() < MOST_TOLD) {
            told.add("output '%s'%s: expected %s, got %s%s"
                    .formatted(expected.name(), place(expected.shape(), index), want, have, apart));
        }
    }

    /// `[1,2]` for the sixth element of a shape `[2,3]`.
    static String place(Shape shape, int index) {
        StringBuilder place = new StringBuilder();
        long left = index;
        for (int i = shape.rank() - 1; i >= 0; i--) {
            place.insert(0, (i == 0 ? "" : ",") + left % shape.dim(i));
            left /= shape.dim(i);
        }
        return "[" + place + "]";
    }

    private static String apart(Tolerance tolerance, double want, double have) {
        return " (apart: %s, allowed: %s)".formatted(brief(Math.abs(want - have)), brief(tolerance.allowed(want)));
    }

    private static String brief(double value) {
        return Float.toString((float) value);
    }

    private String shown(double value) {
        return expected.type() == DataType.FP64 ? Double.toString(value) : brief(value);
    }

    private static boolean isReal(DataType type) {
        return type == DataType.FP16 || type == DataType.BF16 || type == DataType.FP32 || type == DataType.FP64;
    }

    private static double real(Tensor tensor, int at) {
        ByteBuffer data = tensor.data();
        return switch (tensor.type()) {
            case FP16 -> Float.float16ToFloat(data.getShort(at));
            case BF16 -> Float.intBitsToFloat(data.getShort(at) << BF16_MISSING_BITS);
            case FP32 -> data.getFloat(at);
            default -> data.getDouble(at);
        };
    }

    private static long integer(Tensor tensor, int at) {
        ByteBuffer data = tensor.data();
        return switch (tensor.type()) {
            case BOOL, INT8 -> data.get(at);
            case UINT8 -> Byte.toUnsignedInt(data.get(at));
            case INT16 -> data.getShort(at);
            case UINT16 -> Short.toUnsignedInt(data.getShort(at));
            case INT32 -> data.getInt(at);
            case UINT32 -> Integer.toUnsignedLong(data.getInt(at));
            default -> data.getLong(at);
        };
    }

    private String text(long value) {
        return switch (expected.type()) {
            case BOOL -> Boolean.toString(value != 0);
            case UINT64 -> Long.toUnsignedString(value);
            default -> Long.toString(value);
        };
    }

    private double magnitude(long value) {
        return expected.type() == DataType.UINT64 && value < 0 ? (double) (value >>> 1) * 2 : (double) value;
    }
}
