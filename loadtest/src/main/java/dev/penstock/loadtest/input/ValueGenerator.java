package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Makes up the values of one input. Confined, as its chance is.
final class ValueGenerator {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 ";
    private static final long MAX_TEXT = 1 << 20;

    private final TensorSpec spec;
    private final ValueRange range;
    private final List<JsonNode> choices;

    /// @throws InputError if a value of the plan is none of the input's datatype
    ValueGenerator(TensorSpec spec, InputPlan plan) {
        this.spec = spec;
        this.range = plan.ranges().getOrDefault(spec.name(), defaultRange(spec.datatype()));
        this.choices = plan.choices().getOrDefault(spec.name(), List.of()).stream()
                .<JsonNode>map(JsonNodeFactory.instance::stringNode)
                .toList();
        Elements.encode(spec.name(), spec.datatype(), choices);
        checkRange();
    }

    /// From where values are drawn if nothing is said: 0 and 1 for whole numbers, which are ids that every
    /// vocabulary has and the values of masks, all of the bytes of an image, fractions of one, and strings of
    /// up to 16 characters.
    static ValueRange defaultRange(String datatype) {
        return switch (datatype) {
            case "BOOL" -> new ValueRange(0, 1);
            case "UINT8" -> new ValueRange(0, 255);
            case "FP16", "BF16", "FP32", "FP64" -> new ValueRange(0, 1);
            case "BYTES" -> new ValueRange(1, 16);
            default -> new ValueRange(0, 1);
        };
    }

    private void checkRange() {
        ValueRange limits = limits(spec.datatype());
        if (range.low() < limits.low() || range.high() > limits.high()) {
            throw new InputError("range of input '%s': %s (expected: between %s, it is %s)"
                    .formatted(spec.name(), range, limits.toString().replace(",", " and "), spec.datatype()));
        }
    }

    private static ValueRange limits(String datatype) {
        return switch (datatype) {
            case "BOOL" -> new ValueRange(0, 1);
            case "INT8" -> new ValueRange(Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "INT16" -> new ValueRange(Short.MIN_VALUE, Short.MAX_VALUE);
            case "INT32" -> new ValueRange(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "UINT8" -> new ValueRange(0, 0xff);
            case "UINT16" -> new ValueRange(0, 0xffff);
            case "UINT32" -> new ValueRange(0, 0xffffffffL);
            // Beyond 2^53 not every whole number is a double.
            case "INT64" -> new ValueRange(-0x1p53, 0x1p53);
            case "UINT64" -> new ValueRange(0, 0x1p53);
            case "BYTES" -> new ValueRange(0, MAX_TEXT);
            case "FP16" -> new ValueRange(-65504, 65504);
            case "BF16", "FP32" -> new ValueRange(-Float.MAX_VALUE, Float.MAX_VALUE);
            default -> new ValueRange(-Double.MAX_VALUE, Double.MAX_VALUE);
        };
    }

    /// A tensor of this shape.
    Tensor draw(List<Long> shape, RandomGenerator random) {
        int elements = Math.toIntExact(Tensor.elements(spec.name(), shape));
        return new Tensor(spec.name(), spec.datatype(), shape, data(elements, random));
    }

    private ByteString data(int elements, RandomGenerator random) {
        if (!choices.isEmpty()) {
            List<JsonNode> drawn = new ArrayList<>(elements);
            for (int i = 0; i < elements; i++) {
                drawn.add(choices.get(random.nextInt(choices.size())));
            }
            return Elements.encode(spec.name(), spec.datatype(), drawn);
        }
        return spec.datatype().equals("BYTES") ? texts(elements, random) : numbers(elements, random);
    }

    private ByteString texts(int elements, RandomGenerator random) {
        ByteString.Output bytes = ByteString.newOutput();
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            byte[] text = text((int) range.whole(random), random);
            length.putInt(0, text.length);
            bytes.write(length.array(), 0, Integer.BYTES);
            bytes.write(text, 0, text.length);
        }
        return bytes.toByteString();
    }

    private static byte[] text(int length, RandomGenerator random) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private ByteString numbers(int elements, RandomGenerator random) {
        long bytes = (long) elements * Elements.bytesOf(spec.datatype());
        ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            put(data, random);
        }
        return ByteString.copyFrom(data.flip());
    }

    private void put(ByteBuffer data, RandomGenerator random) {
        switch (spec.datatype()) {
            case "FP64" -> data.putDouble(range.real(random));
            case "FP32" -> data.putFloat((float) range.real(random));
            case "FP16" -> data.putShort(Float.floatToFloat16((float) range.real(random)));
            case "BF16" -> data.putShort(Elements.bfloat((float) range.real(random)));
            case "INT64", "UINT64" -> data.putLong(range.whole(random));
            case "INT32", "UINT32" -> data.putInt((int) range.whole(random));
            case "INT16", "UINT16" -> data.putShort((short) range.whole(random));
            default -> data.put((byte) range.whole(random));
        }
    }
}
