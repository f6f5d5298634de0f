package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.JacksonException;

/// What a prediction means, by way of Jackson and plain trees.
final class PredictionOracle {
    private final Signature signature;

    private PredictionOracle(Signature signature) {
        this.signature = signature;
    }

    static InferenceRequest read(String model, byte[] body, Signature signature) throws BodyOracle.Refused {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return new PredictionOracle(signature).request(model, JsonTree.parse(text));
        } catch (JacksonException | CharacterCodingException e) {
            throw new BodyOracle.Refused(String.valueOf(e.getMessage()));
        }
    }

    private InferenceRequest request(String model, Object root) throws BodyOracle.Refused {
        Map<String, Object> known = BodyOracle.known(
                BodyOracle.fields(root), Set.of("signature_name", "instances", "inputs", "parameters"));
        if (known.containsKey("signature_name")) {
            BodyOracle.require(
                    Set.of("", "serving_default").contains(BodyOracle.string(known.get("signature_name"))), "name");
        }
        BodyOracle.require(known.containsKey("instances") != known.containsKey("inputs"), "one of them");
        Map<String, Object> parameters = BodyOracle.parameters(known.get("parameters"), true);
        Map<TensorSpec, Object> values = known.containsKey("inputs")
                ? columns(known.get("inputs"))
                : rows(BodyOracle.list(known.get("instances")));
        List<Tensor> inputs = new ArrayList<>();
        for (Map.Entry<TensorSpec, Object> value : values.entrySet()) {
            inputs.add(tensor(value.getKey(), value.getValue()));
        }
        return new InferenceRequest(
                model,
                "",
                "",
                inputs,
                List.of(),
                InferenceRequest.NO_DEADLINE,
                BodyOracle.timeout(parameters),
                BodyOracle.priority(parameters.get("priority")),
                0);
    }

    private static boolean isNamed(Object value) {
        return value instanceof JsonTree.Fields fields
                && !(fields.all().size() == 1 && fields.all().getFirst().key().equals("b64"));
    }

    private Map<TensorSpec, Object> columns(Object value) throws BodyOracle.Refused {
        return isNamed(value) ? named(value) : Map.of(sole(), value);
    }

    private TensorSpec sole() throws BodyOracle.Refused {
        List<TensorSpec> inputs = signature.inputs();
        List<TensorSpec> required =
                inputs.stream().filter(spec -> !spec.optional()).toList();
        BodyOracle.require(inputs.size() == 1 || required.size() == 1, "more than one");
        return inputs.size() == 1 ? inputs.getFirst() : required.getFirst();
    }

    private Map<TensorSpec, Object> named(Object value) throws BodyOracle.Refused {
        Map<TensorSpec, Object> named = new LinkedHashMap<>();
        for (JsonTree.Field field : BodyOracle.fields(value).all()) {
            TensorSpec spec = signature.input(field.key());
            if (spec == null || named.put(spec, field.value()) != null) {
                throw new BodyOracle.Refused(field.key());
            }
        }
        return named;
    }

    private Map<TensorSpec, Object> rows(List<?> instances) throws BodyOracle.Refused {
        BodyOracle.require(!instances.isEmpty(), "empty");
        if (!isNamed(instances.getFirst())) {
            return Map.of(sole(), instances);
        }
        Map<TensorSpec, Object> columns = new LinkedHashMap<>();
        for (Object instance : instances) {
            Map<TensorSpec, Object> row = named(instance);
            BodyOracle.require(!row.isEmpty(), "empty");
            if (columns.isEmpty()) {
                row.keySet().forEach(spec -> columns.put(spec, new ArrayList<>()));
            }
            BodyOracle.require(row.keySet().equals(new HashSet<>(columns.keySet())), "not the same");
            for (Map.Entry<TensorSpec, Object> value : row.entrySet()) {
                @SuppressWarnings("unchecked")
                List<Object> column = (List<Object>) Objects.requireNonNull(columns.get(value.getKey()));
                column.add(value.getValue());
            }
        }
        return columns;
    }

    private static Tensor tensor(TensorSpec spec, Object value) throws BodyOracle.Refused {
        long[] dims = dims(value);
        BodyOracle.require(dims.length <= Shape.MAX_RANK, "rank");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        collect(value, spec.type(), bytes);
        ByteBuffer data = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(spec.name(), spec.type(), Shape.of(dims), data);
    }

    private static long[] dims(Object value) throws BodyOracle.Refused {
        if (!(value instanceof List<?> list)) {
            return new long[0];
        }
        long[] inner = list.isEmpty() ? new long[0] : dims(list.getFirst());
        for (Object other : list) {
            BodyOracle.require(
                    Arrays.equals(inner, dims(other)) && other instanceof List == list.getFirst() instanceof List,
                    "ragged");
        }
        long[] dims = new long[1 + inner.length];
        dims[0] = list.size();
        System.arraycopy(inner, 0, dims, 1, inner.length);
        return dims;
    }

    private static void collect(Object value, DataType type, ByteArrayOutputStream bytes) throws BodyOracle.Refused {
        if (value instanceof List<?> list) {
            for (Object element : list) {
                collect(element, type, bytes);
            }
        } else if (value instanceof JsonTree.Scalar scalar) {
            bytes.writeBytes(BodyOracle.element(scalar, type));
        } else {
            BodyOracle.require(type == DataType.BYTES && !isNamed(value), "an object");
            bytes.writeBytes(decoded(BodyOracle.fields(value)));
        }
    }

    private static byte[] decoded(JsonTree.Fields value) throws BodyOracle.Refused {
        byte[] text;
        try {
            text = Base64.getDecoder()
                    .decode(BodyOracle.string(value.all().getFirst().value()).getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new BodyOracle.Refused("base64");
        }
        return ByteBuffer.allocate(4 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(text.length)
                .put(text)
                .array();
    }
}
