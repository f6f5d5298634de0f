package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.server.wire.ReservedParameters;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/// What a request's JSON says, by way of Jackson, a tree and the JDK's own numbers: slow, and nothing of it
/// is shared with the reader it judges.
final class BodyOracle {
    private static final Set<String> OF_ALL =
            Set.of("binary_data_output", "binary_data", "binary_data_size", "non_finite");
    private static final Set<String> OF_REQUEST = Set.of("timeout", "priority", "sequence_id");
    private static final int MAX_DEPTH = 16;

    private final byte[] body;
    private int binaryAt;

    /// The request is refused.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why);
        }
    }

    private BodyOracle(byte[] body, int jsonBytes) {
        this.body = body;
        this.binaryAt = jsonBytes;
    }

    static InferCall read(String model, byte[] body, int jsonBytes) throws Refused {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body, 0, jsonBytes))
                    .toString();
            return new BodyOracle(body, jsonBytes).request(model, JsonTree.parse(text));
        } catch (JacksonException | CharacterCodingException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    static void require(boolean condition, String what) throws Refused {
        if (!condition) {
            throw new Refused(what);
        }
    }

    static JsonTree.Fields fields(@Nullable Object value) throws Refused {
        if (value instanceof JsonTree.Fields fields) {
            return fields;
        }
        throw new Refused("no object");
    }

    static List<?> list(@Nullable Object value) throws Refused {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new Refused("no array");
    }

    private static JsonTree.Scalar scalar(@Nullable Object value, JsonToken token) throws Refused {
        if (value instanceof JsonTree.Scalar scalar && scalar.token() == token) {
            return scalar;
        }
        throw new Refused("no " + token);
    }

    static String string(@Nullable Object value) throws Refused {
        return scalar(value, JsonToken.VALUE_STRING).text();
    }

    private static BigInteger integer(@Nullable Object value) throws Refused {
        return new BigInteger(scalar(value, JsonToken.VALUE_NUMBER_INT).text());
    }

    private static long int64(@Nullable Object value) throws Refused {
        BigInteger integer = integer(value);
        require(integer.bitLength() < Long.SIZE, "64 bits");
        return integer.longValue();
    }

    private static boolean bool(@Nullable Object value) throws Refused {
        if (value instanceof JsonTree.Scalar scalar) {
            require(scalar.token() == JsonToken.VALUE_TRUE || scalar.token() == JsonToken.VALUE_FALSE, "bool");
            return scalar.token() == JsonToken.VALUE_TRUE;
        }
        throw new Refused("bool");
    }

    private InferCall request(String model, @Nullable Object root) throws Refused {
        Map<String, Object> known = known(fields(root), Set.of("id", "inputs", "outputs", "parameters"));
        String id = known.containsKey("id") ? string(known.get("id")) : "";
        Map<String, Object> parameters = parameters(known.get("parameters"), true);
        require(known.containsKey("inputs"), "inputs");
        List<Tensor> inputs = new ArrayList<>();
        for (Object input : list(known.get("inputs"))) {
            inputs.add(input(fields(input)));
        }
        require(binaryAt == body.length, "more binary data");
        List<String> outputs = new ArrayList<>();
        Map<String, Boolean> binary = new HashMap<>();
        if (known.containsKey("outputs")) {
            for (Object output : list(known.get("outputs"))) {
                readOutput(fields(output), outputs, binary);
            }
        }
        InferenceRequest request = new InferenceRequest(
                model,
                "",
                id,
                inputs,
                outputs,
                InferenceRequest.NO_DEADLINE,
                timeout(parameters),
                priority(parameters.get("priority")),
                0);
        boolean binaryByDefault = Boolean.TRUE.equals(parameters.get("binary_data_output"));
        boolean asText = "string".equals(parameters.get("non_finite"));
        return new InferCall(request, new ReplyForm(id, binaryByDefault, binary, asText));
    }

    static long timeout(Map<String, Object> parameters) {
        Object nanos = parameters.get("timeout");
        return nanos == null ? 0 : (long) nanos;
    }

    static int priority(@Nullable Object level) {
        return level == null ? 0 : (int) level;
    }

    static Map<String, Object> known(JsonTree.Fields fields, Set<String> names) throws Refused {
        Map<String, Object> known = new HashMap<>();
        for (JsonTree.Field field : fields.all()) {
            if (names.contains(field.key())) {
                require(known.put(field.key(), field.value()) == null, "twice " + field.key());
            }
        }
        return known;
    }

    /// @return what they mean, by name
    static Map<String, Object> parameters(@Nullable Object value, boolean ofRequest) throws Refused {
        if (value == null) {
            return Map.of();
        }
        Set<String> names = new HashSet<>(OF_ALL);
        if (ofRequest) {
            names.addAll(OF_REQUEST);
        }
        for (JsonTree.Field field : fields(value).all()) {
            boolean refused =
                    field.key().equals("classification") || field.key().startsWith("shared_memory_");
            require(!refused, field.key());
        }
        Map<String, Object> meanings = new HashMap<>();
        for (Map.Entry<String, Object> parameter : known(fields(value), names).entrySet()) {
            meanings.put(parameter.getKey(), meaning(parameter.getKey(), parameter.getValue()));
        }
        return meanings;
    }

    private static Object meaning(String name, Object value) throws Refused {
        return switch (name) {
            case "binary_data_output", "binary_data" -> bool(value);
            case "binary_data_size" -> {
                require(int64(value) >= 0, "size");
                yield int64(value);
            }
            case "non_finite" -> {
                require(Set.of("string", "error").contains(string(value)), "non_finite");
                yield string(value);
            }
            case "priority" -> {
                BigInteger level = integer(value);
                require(!((JsonTree.Scalar) value).text().startsWith("-"), "priority");
                yield level.bitLength() < Integer.SIZE ? level.intValue() : Integer.MAX_VALUE;
            }
            case "timeout" -> timeout(value);
            default -> {
                boolean isText = value instanceof JsonTree.Scalar scalar && scalar.token() == JsonToken.VALUE_STRING;
                require(isText ? string(value).isEmpty() : integer(value).signum() == 0, "sequence_id");
                yield "";
            }
        };
    }

    private static long timeout(Object value) throws Refused {
        long micros;
        if (value instanceof JsonTree.Scalar scalar && scalar.token() == JsonToken.VALUE_STRING) {
            try {
                micros = Long.parseLong(scalar.text());
            } catch (NumberFormatException e) {
                throw new Refused("timeout");
            }
        } else {
            micros = int64(value);
        }
        require(micros >= 0, "timeout");
        return ReservedParameters.timeoutNanos(micros);
    }

    private static void readOutput(JsonTree.Fields fields, List<String> outputs, Map<String, Boolean> binary)
            throws Refused {
        Map<String, Object> known = known(fields, Set.of("name", "parameters"));
        require(known.containsKey("name"), "name");
        String name = string(known.get("name"));
        outputs.add(name);
        Object said = parameters(known.get("parameters"), false).get("binary_data");
        if (said != null) {
            binary.put(name, (Boolean) said);
        }
    }

    private Tensor input(JsonTree.Fields fields) throws Refused {
        Map<String, Object> known = known(fields, Set.of("name", "datatype", "shape", "data", "parameters"));
        require(known.keySet().containsAll(Set.of("name", "datatype", "shape")), "incomplete");
        DataType type = DataType.byName(string(known.get("datatype")));
        if (type == null) {
            throw new Refused("datatype");
        }
        List<?> dims = list(known.get("shape"));
        require(dims.size() <= Shape.MAX_RANK, "rank");
        long[] sizes = new long[dims.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = int64(dims.get(i));
        }
        Shape shape = Shape.of(sizes);
        Object binary = parameters(known.get("parameters"), false).get("binary_data_size");
        require((binary == null) == known.containsKey("data"), "one of them");
        byte[] data = binary == null ? elements(known.get("data"), type, shape) : next((long) binary);
        return new Tensor(
                string(known.get("name")), type, shape, ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
    }

    private byte[] next(long bytes) throws Refused {
        require(bytes <= body.length - binaryAt, "binary data");
        binaryAt += (int) bytes;
        return Arrays.copyOfRange(body, binaryAt - (int) bytes, binaryAt);
    }

    private static byte[] elements(@Nullable Object data, DataType type, Shape shape) throws Refused {
        List<JsonTree.Scalar> leaves = new ArrayList<>();
        flatten(list(data), 1, leaves);
        long count;
        try {
            for (int i = 0; i < shape.rank(); i++) {
                require(shape.dim(i) >= 0, "dim");
            }
            count = shape.elementCount();
        } catch (ArithmeticException e) {
            throw new Refused("shape");
        }
        require(count == leaves.size(), "count");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (JsonTree.Scalar leaf : leaves) {
            bytes.writeBytes(element(leaf, type));
        }
        return bytes.toByteArray();
    }

    private static void flatten(List<?> values, int depth, List<JsonTree.Scalar> leaves) throws Refused {
        require(depth <= MAX_DEPTH, "depth");
        for (Object value : values) {
            if (value instanceof JsonTree.Scalar scalar) {
                leaves.add(scalar);
            } else {
                flatten(list(value), depth + 1, leaves);
            }
        }
    }

    static byte[] element(JsonTree.Scalar leaf, DataType type) throws Refused {
        ByteBuffer out = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case BYTES -> {
                byte[] text = string(leaf).getBytes(StandardCharsets.UTF_8);
                return ByteBuffer.allocate(4 + text.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(text.length)
                        .put(text)
                        .array();
            }
            case BOOL -> {
                boolean digit = leaf.token() == JsonToken.VALUE_NUMBER_INT
                        && leaf.text().matches("[01]");
                out.put((byte) (digit ? leaf.text().charAt(0) - '0' : bool(leaf) ? 1 : 0));
            }
            case FP16, BF16, FP32, FP64 -> putFloat(leaf, type, out);
            default -> {
                boolean unsigned = type.name().startsWith("U");
                int bits = 8 * type.byteSize();
                BigInteger value = integer(leaf);
                boolean fits = unsigned ? value.signum() >= 0 && value.bitLength() <= bits : value.bitLength() < bits;
                require(fits, type + " range");
                out.putLong(value.longValue());
                out.position(type.byteSize());
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void putFloat(JsonTree.Scalar leaf, DataType type, ByteBuffer out) throws Refused {
        require(leaf.token() == JsonToken.VALUE_NUMBER_INT || leaf.token() == JsonToken.VALUE_NUMBER_FLOAT, "number");
        String text = leaf.text();
        boolean word = Set.of("NaN", "Infinity", "-Infinity").contains(text);
        double nearest = Double.parseDouble(text);
        double exact = word || Double.isInfinite(nearest) || nearest == 0
                ? nearest
                : SmallFloats.undecided(nearest, new BigDecimal(text));
        double stored = switch (type) {
            case FP16 -> {
                out.putShort(SmallFloats.toFp16(exact));
                yield Float.float16ToFloat(out.getShort(0));
            }
            case BF16 -> {
                out.putShort(SmallFloats.toBf16(exact));
                yield SmallFloats.fromBf16(out.getShort(0));
            }
            case FP32 -> {
                out.putFloat(Float.parseFloat(text));
                yield out.getFloat(0);
            }
            default -> {
                out.putDouble(nearest);
                yield nearest;
            }
        };
        require(word || Double.isFinite(stored), "range");
    }
}
