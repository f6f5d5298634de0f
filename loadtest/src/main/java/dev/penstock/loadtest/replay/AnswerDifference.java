package dev.penstock.loadtest.replay;

import dev.penstock.loadtest.input.Elements;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.Tolerance;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// How one output of an answer differs from the recorded one.
///
/// @param output its name
/// @param values how many there are; 0 if they cannot be compared
/// @param different how many of them are not near enough
/// @param absolute the largest difference of two numbers, near enough or not; infinite if one is not
///     finite
/// @param relative the largest, as a share of the recorded number; infinite where that is 0
/// @param first the first that is not near enough, in words; "" if there is none
public record AnswerDifference(
        String output, long values, long different, double absolute, double relative, String first) {

    /// @return one for each recorded output
    public static List<AnswerDifference> between(List<Tensor> recorded, List<Tensor> now, Tolerance tolerance) {
        List<AnswerDifference> differences = new ArrayList<>();
        for (Tensor expected : recorded) {
            Optional<Tensor> actual = now.stream()
                    .filter(tensor -> tensor.name().equals(expected.name()))
                    .findFirst();
            differences.add(actual.map(tensor -> between(expected, tensor, tolerance))
                    .orElseGet(
                            () -> incomparable(expected.name(), "there is no output '" + expected.name() + "' now")));
        }
        return differences;
    }

    public boolean isSame() {
        return different == 0;
    }

    private static AnswerDifference incomparable(String output, String why) {
        return new AnswerDifference(output, 0, 1, 0, 0, why);
    }

    private static AnswerDifference between(Tensor recorded, Tensor now, Tolerance tolerance) {
        if (!recorded.datatype().equals(now.datatype()) || !recorded.shape().equals(now.shape())) {
            return incomparable(
                    recorded.name(),
                    "output '%s' was %s%s and is %s%s"
                            .formatted(
                                    recorded.name(),
                                    recorded.datatype(),
                                    recorded.shape(),
                                    now.datatype(),
                                    now.shape()));
        }
        Comparing comparing = new Comparing(recorded);
        ByteBuffer then = recorded.data().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer here = now.data().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        if (Elements.bytesOf(recorded.datatype()) < 0) {
            comparing.elements(then, here);
        } else if (isReal(recorded.datatype())) {
            comparing.reals(then, here, tolerance);
        } else {
            comparing.integers(then, here);
        }
        return comparing.result();
    }

    private static boolean isReal(String datatype) {
        return datatype.startsWith("FP") || datatype.equals("BF16");
    }

    /// Goes over the values of one output.
    private static final class Comparing {
        private final Tensor recorded;
        private long values;
        private long different;
        private double absolute;
        private double relative;
        private String first = "";

        Comparing(Tensor recorded) {
            this.recorded = recorded;
        }

        AnswerDifference result() {
            return new AnswerDifference(recorded.name(), values, different, absolute, relative, first);
        }

        void reals(ByteBuffer then, ByteBuffer here, Tolerance tolerance) {
            while (then.hasRemaining()) {
                double was = real(then);
                double is = real(here);
                measure(was, is);
                next(tolerance.near(was, is), () -> text(was), () -> text(is));
            }
        }

        void integers(ByteBuffer then, ByteBuffer here) {
            while (then.hasRemaining()) {
                BigInteger was = integer(then);
                BigInteger is = integer(here);
                boolean same = was.equals(is);
                if (!same) {
                    double apart = was.subtract(is).abs().doubleValue();
                    enlarge(apart, apart / was.abs().doubleValue());
                }
                next(same, was::toString, is::toString);
            }
        }

        void elements(ByteBuffer then, ByteBuffer here) {
            while (then.hasRemaining()) {
                byte[] was = element(then);
                byte[] is = element(here);
                next(Arrays.equals(was, is), () -> shown(was, is), () -> shown(is, was));
            }
        }

        private static byte[] element(ByteBuffer bytes) {
            byte[] element = new byte[bytes.getInt()];
            bytes.get(element);
            return element;
        }

        /// The element as text, or in hex where it reads like the other.
        private static String shown(byte[] element, byte[] other) {
            String text = new String(element, StandardCharsets.UTF_8);
            return text.equals(new String(other, StandardCharsets.UTF_8))
                    ? "0x" + HexFormat.of().formatHex(element)
                    : '"' + text + '"';
        }

        private void measure(double was, double is) {
            if (was == is || (Double.isNaN(was) && Double.isNaN(is))) {
                return;
            }
            double apart = Math.abs(is - was);
            if (Double.isFinite(apart)) {
                enlarge(apart, apart / Math.abs(was));
            } else {
                enlarge(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
            }
        }

        private void enlarge(double newAbsolute, double newRelative) {
            absolute = Math.max(absolute, newAbsolute);
            relative = Math.max(relative, newRelative);
        }

        private interface Words {
            String say();
        }

        private void next(boolean same, Words was, Words is) {
            if (!same) {
                if (different == 0) {
                    first = "output '%s'%s was %s and is %s".formatted(recorded.name(), place(), was.say(), is.say());
                }
                different++;
            }
            values++;
        }

        /// `[1,2]` for the sixth value of a shape `[2,3]`.
        private String place() {
            StringBuilder place = new StringBuilder();
            long left = values;
            for (int i = recorded.shape().size() - 1; i >= 0; i--) {
                long dim = recorded.shape().get(i);
                place.insert(0, (i == 0 ? "" : ",") + left % dim);
                left /= dim;
            }
            return "[" + place + "]";
        }

        private double real(ByteBuffer bytes) {
            return switch (recorded.datatype()) {
                case "FP64" -> bytes.getDouble();
                case "FP32" -> bytes.getFloat();
                case "FP16" -> Float.float16ToFloat(bytes.getShort());
                default -> Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
            };
        }

        private String text(double value) {
            return recorded.datatype().equals("FP64") ? Double.toString(value) : Float.toString((float) value);
        }

        private BigInteger integer(ByteBuffer bytes) {
            return switch (recorded.datatype()) {
                case "UINT64" -> new BigInteger(Long.toUnsignedString(bytes.getLong()));
                case "INT64" -> BigInteger.valueOf(bytes.getLong());
                case "UINT32" -> BigInteger.valueOf(Integer.toUnsignedLong(bytes.getInt()));
                case "INT32" -> BigInteger.valueOf(bytes.getInt());
                case "UINT16" -> BigInteger.valueOf(Short.toUnsignedInt(bytes.getShort()));
                case "INT16" -> BigInteger.valueOf(bytes.getShort());
                case "INT8" -> BigInteger.valueOf(bytes.get());
                default -> BigInteger.valueOf(Byte.toUnsignedInt(bytes.get()));
            };
        }
    }
}
