package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Makes the requests of a plan in the form of V1: JSON files as they are, all else in rows; in columns where
/// the inputs are not all of as many rows.
public final class V1Requests {
    private V1Requests() {}

    /// @param version "" for the one the server picks
    /// @param shapes what the model takes and gives; empty if the server does not say
    /// @throws InputError if the plan, or a file of it, does not fit the model
    public static List<V1Request> of(InputPlan plan, String model, String version, InferRequests.Model shapes) {
        if (PlanFiles.areBodies(plan.files())) {
            return ofBodies(plan);
        }
        return InferRequests.of(plan, model, version, shapes).stream()
                .map(V1Requests::ofTensors)
                .toList();
    }

    private static List<V1Request> ofBodies(InputPlan plan) {
        List<PlanFiles.Body> bodies = PlanFiles.bodies(plan.files());
        List<PlanFiles.Body> expected =
                plan.expected().isEmpty() ? List.of() : ExpectedFiles.bodies(plan, bodies.size());
        List<V1Request> requests = new ArrayList<>();
        for (int i = 0; i < Math.min(bodies.size(), plan.payloads().orElse(InputPlan.MAX_PAYLOADS)); i++) {
            requireOne(bodies.get(i), "instances", "inputs");
            Optional<JsonNode> answer = Optional.empty();
            if (!expected.isEmpty()) {
                requireOne(expected.get(i), "predictions", "outputs");
                answer = Optional.of(expected.get(i).json());
            }
            requests.add(new V1Request(bodies.get(i).json(), answer));
        }
        return requests;
    }

    private static void requireOne(PlanFiles.Body body, String rows, String columns) {
        if (body.json().has(rows) == body.json().has(columns)
                || (body.json().has(rows) && !body.json().path(rows).isArray())) {
            throw new InputError("%s: an object with %s (expected: {\"%s\": […]} or {\"%s\": …})"
                    .formatted(body.where(), body.json().propertyNames(), rows, columns));
        }
    }

    private static V1Request ofTensors(InferRequest request) {
        List<Tensor> inputs = WireMessages.inputs(request.message());
        return new V1Request(
                body(inputs, "instances", "inputs"),
                request.expected().isEmpty()
                        ? Optional.empty()
                        : Optional.of(body(request.expected(), "predictions", "outputs")));
    }

    private static ObjectNode body(List<Tensor> tensors, String rows, String columns) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        boolean inRows = tensors.stream()
                        .map(tensor ->
                                tensor.shape().isEmpty() ? -1L : tensor.shape().getFirst())
                        .distinct()
                        .count()
                == 1;
        if (!inRows || tensors.getFirst().shape().isEmpty()) {
            ObjectNode named = body.putObject(columns);
            tensors.forEach(tensor -> named.set(tensor.name(), nested(tensor)));
            return body;
        }
        List<JsonNode> values = tensors.stream().map(V1Requests::nested).toList();
        ArrayNode list = body.putArray(rows);
        for (int row = 0; row < tensors.getFirst().shape().getFirst(); row++) {
            if (tensors.size() == 1) {
                list.add(values.getFirst().path(row));
            } else {
                ObjectNode instance = list.addObject();
                for (int i = 0; i < tensors.size(); i++) {
                    instance.set(tensors.get(i).name(), values.get(i).path(row));
                }
            }
        }
        return body;
    }

    private static JsonNode nested(Tensor tensor) {
        Iterator<JsonNode> values = tensor.datatype().equals("BYTES")
                ? texts(tensor.data()).iterator()
                : Elements.decode(tensor.datatype(), tensor.data()).iterator();
        return nested(tensor.shape(), 0, values);
    }

    private static JsonNode nested(List<Long> shape, int level, Iterator<JsonNode> values) {
        if (level == shape.size()) {
            return values.next();
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (long i = 0; i < shape.get(level); i++) {
            list.add(nested(shape, level + 1, values));
        }
        return list;
    }

    // What is no text is said in base64, as TensorFlow Serving has it.
    private static List<JsonNode> texts(ByteString data) {
        ByteBuffer left = data.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        List<JsonNode> texts = new ArrayList<>();
        while (left.hasRemaining()) {
            byte[] bytes = new byte[left.getInt()];
            left.get(bytes);
            texts.add(text(bytes));
        }
        return texts;
    }

    private static JsonNode text(byte[] bytes) {
        try {
            return JsonNodeFactory.instance.stringNode(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("b64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
