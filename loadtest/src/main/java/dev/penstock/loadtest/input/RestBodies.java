package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Requests of the Open Inference Protocol as its JSON has them.
public final class RestBodies {
    private RestBodies() {}

    /// All of it JSON.
    ///
    /// @param request with raw contents
    public static ObjectNode json(ModelInferRequest request) {
        ObjectNode json = frame(request, false);
        for (int i = 0; i < request.getInputsCount(); i++) {
            InferInputTensor input = request.getInputs(i);
            ObjectNode tensor = (ObjectNode) json.path("inputs").path(i);
            tensor.set("data", Elements.decode(input.getDatatype(), request.getRawInputContents(i)));
        }
        return json;
    }

    /// What stands before the tensors of the binary extension; these are [#tensors]. Answers are asked for in
    /// the same form.
    public static ObjectNode binaryHead(ModelInferRequest request) {
        return frame(request, true);
    }

    public static ByteString tensors(ModelInferRequest request) {
        return ByteString.copyFrom(request.getRawInputContentsList());
    }

    /// The outputs of an answer: JSON, and behind it what the binary extension puts there.
    ///
    /// @param jsonBytes where it ends; the length of the body if it is all JSON
    /// @throws InputError if it is no answer
    public static List<Tensor> outputs(byte[] body, long jsonBytes) {
        int at = Math.clamp(jsonBytes, 0, body.length);
        List<Tensor> tensors = new ArrayList<>();
        for (JsonNode output : Json.parse("the answer", Arrays.copyOf(body, at)).path("outputs")) {
            JsonNode size = output.path("parameters").path("binary_data_size");
            ByteString blob = ByteString.EMPTY;
            if (size.isIntegralNumber()) {
                int bytes = Math.clamp(size.longValue(), 0, body.length - at);
                blob = ByteString.copyFrom(body, at, bytes);
                at += bytes;
            }
            tensors.add(WireMessages.output(output, blob));
        }
        return tensors;
    }

    private static ObjectNode frame(ModelInferRequest request, boolean isBinary) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (!request.getId().isEmpty()) {
            json.put("id", request.getId());
        }
        ObjectNode parameters = parameters(json, request.getParametersMap());
        if (isBinary && !parameters.has("binary_data_output")) {
            json.set("parameters", parameters.put("binary_data_output", true));
        }
        ArrayNode inputs = json.putArray("inputs");
        for (int i = 0; i < request.getInputsCount(); i++) {
            InferInputTensor input = request.getInputs(i);
            ObjectNode tensor = inputs.addObject();
            tensor.put("name", input.getName()).put("datatype", input.getDatatype());
            input.getShapeList().forEach(tensor.putArray("shape")::add);
            ObjectNode own = parameters(tensor, input.getParametersMap());
            if (isBinary) {
                long size = request.getRawInputContents(i).size();
                tensor.set("parameters", own.put("binary_data_size", size));
            }
        }
        if (request.getOutputsCount() > 0) {
            ArrayNode outputs = json.putArray("outputs");
            for (InferRequestedOutputTensor output : request.getOutputsList()) {
                ObjectNode tensor = outputs.addObject();
                tensor.put("name", output.getName());
                parameters(tensor, output.getParametersMap());
            }
        }
        return json;
    }

    private static ObjectNode parameters(ObjectNode owner, Map<String, InferParameter> parameters) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        new TreeMap<>(parameters).forEach((name, value) -> put(json, name, value));
        if (!json.isEmpty()) {
            owner.set("parameters", json);
        }
        return json;
    }

    private static void put(ObjectNode json, String name, InferParameter value) {
        switch (value.getParameterChoiceCase()) {
            case BOOL_PARAM -> json.put(name, value.getBoolParam());
            case INT64_PARAM -> json.put(name, value.getInt64Param());
            case STRING_PARAM -> json.put(name, value.getStringParam());
            case DOUBLE_PARAM -> json.put(name, value.getDoubleParam());
            case UINT64_PARAM -> json.put(name, new BigInteger(Long.toUnsignedString(value.getUint64Param())));
            case PARAMETERCHOICE_NOT_SET -> json.putNull(name);
        }
    }
}
