package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.InferTensorContents;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Turns the protocol's JSON into its protobuf messages and back.
public final class WireMessages {
    private WireMessages() {}

    /// @throws InputError naming what is missing or does not fit
    public static ModelInferRequest request(String model, String version, JsonNode json) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder()
                .setModelName(model)
                .setModelVersion(version)
                .setId(json.path("id").asString(""))
                .putAllParameters(parameters(json));
        for (JsonNode input : list(json, "inputs")) {
            addInput(request, input);
        }
        for (JsonNode output : list(json, "outputs")) {
            request.addOutputs(InferRequestedOutputTensor.newBuilder()
                    .setName(text(output, "name", "an output"))
                    .putAllParameters(parameters(output)));
        }
        return request.build();
    }

    private static void addInput(ModelInferRequest.Builder request, JsonNode input) {
        String name = text(input, "name", "an input");
        String datatype = text(input, "datatype", "input '" + name + "'");
        InferInputTensor.Builder tensor = InferInputTensor.newBuilder()
                .setName(name)
                .setDatatype(datatype)
                .putAllParameters(parameters(input));
        tensor.addAllShape(dims(name, input));
        List<JsonNode> values = new ArrayList<>();
        Json.flatten(list(input, "data"), values);
        request.addInputs(tensor);
        request.addRawInputContents(Elements.encode(name, datatype, values));
    }

    private static List<Long> dims(String name, JsonNode tensor) {
        List<Long> dims = new ArrayList<>();
        for (JsonNode dim : list(tensor, "shape")) {
            if (!dim.isIntegralNumber() || !dim.canConvertToLong()) {
                throw new InputError("shape of input '" + name + "' has " + dim + " (expected: whole numbers)");
            }
            dims.add(dim.longValue());
        }
        return dims;
    }

    private static String text(JsonNode node, String field, String what) {
        JsonNode value = node.path(field);
        if (!value.isString()) {
            throw new InputError("'" + field + "' of " + what + " is "
                    + (value.isMissingNode() ? "missing" : value.toString()) + " (expected: a string)");
        }
        return value.stringValue();
    }

    private static JsonNode list(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode()) {
            return JsonNodeFactory.instance.arrayNode();
        }
        if (!value.isArray()) {
            throw new InputError("'" + field + "' is " + value.getNodeType() + " (expected: an array)");
        }
        return value;
    }

    private static Map<String, InferParameter> parameters(JsonNode node) {
        Map<String, InferParameter> parameters = new TreeMap<>();
        node.path("parameters").forEachEntry((name, value) -> parameters.put(name, parameter(name, value)));
        return parameters;
    }

    static InferParameter parameter(String name, JsonNode value) {
        InferParameter.Builder parameter = InferParameter.newBuilder();
        if (value.isBoolean()) {
            return parameter.setBoolParam(value.booleanValue()).build();
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return parameter.setInt64Param(value.longValue()).build();
        }
        if (value.isNumber()) {
            return parameter.setDoubleParam(value.doubleValue()).build();
        }
        if (value.isString()) {
            return parameter.setStringParam(value.stringValue()).build();
        }
        throw new InputError("parameter '" + name + "' is " + value + " (expected: a boolean, a number or a string)");
    }

    /// The same request with these inputs.
    static ModelInferRequest withInputs(ModelInferRequest frame, List<Tensor> tensors) {
        ModelInferRequest.Builder request = frame.toBuilder();
        for (Tensor tensor : tensors) {
            request.addInputs(InferInputTensor.newBuilder()
                    .setName(tensor.name())
                    .setDatatype(tensor.datatype())
                    .addAllShape(tensor.shape()));
            request.addRawInputContents(tensor.data());
        }
        return request.build();
    }

    /// The inputs of a request with raw contents.
    ///
    /// @throws InputError if there are not as many values as a shape says
    public static List<Tensor> inputs(ModelInferRequest request) {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < request.getInputsCount(); i++) {
            InferInputTensor input = request.getInputs(i);
            tensors.add(new Tensor(
                    input.getName(), input.getDatatype(), input.getShapeList(), request.getRawInputContents(i)));
        }
        return tensors;
    }

    /// The outputs of an answer, in either form.
    ///
    /// @throws InputError if there are not as many values as a shape says
    public static List<Tensor> outputs(ModelInferResponse response) {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < response.getOutputsCount(); i++) {
            InferOutputTensor output = response.getOutputs(i);
            String datatype = output.getDatatype();
            ByteString data;
            if (i < response.getRawOutputContentsCount()) {
                data = response.getRawOutputContents(i);
            } else if (datatype.equals("BYTES")) {
                data = texts(output.getContents().getBytesContentsList());
            } else {
                List<JsonNode> values = new ArrayList<>();
                Json.flatten(values(output.getContents()), values);
                data = Elements.encode(output.getName(), datatype, values);
            }
            tensors.add(new Tensor(output.getName(), datatype, output.getShapeList(), data));
        }
        return tensors;
    }

    // Bytes that are no text must not become one.
    private static ByteString texts(List<ByteString> values) {
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        values.forEach(value -> Elements.putText(value.toByteArray(), texts));
        return ByteString.copyFrom(texts.toByteArray());
    }

    /// The outputs of an answer in JSON, `{"outputs": […]}`.
    ///
    /// @throws InputError naming what is missing or does not fit
    public static List<Tensor> outputs(JsonNode json) {
        List<Tensor> tensors = new ArrayList<>();
        list(json, "outputs").forEach(output -> tensors.add(output(output, ByteString.EMPTY)));
        return tensors;
    }

    /// One output of an answer in JSON.
    ///
    /// @param blob its bytes if its values stand behind the JSON; empty otherwise
    static Tensor output(JsonNode output, ByteString blob) {
        String name = text(output, "name", "an output");
        String datatype = text(output, "datatype", "output '" + name + "'");
        List<JsonNode> values = new ArrayList<>();
        Json.flatten(list(output, "data"), values);
        ByteString data = output.has("data") ? Elements.encode(name, datatype, values) : blob;
        return new Tensor(name, datatype, dims(name, output), data);
    }

    public static ObjectNode reply(ModelInferResponse response) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (!response.getId().isEmpty()) {
            json.put("id", response.getId());
        }
        json.put("model_name", response.getModelName()).put("model_version", response.getModelVersion());
        ArrayNode outputs = json.putArray("outputs");
        for (int i = 0; i < response.getOutputsCount(); i++) {
            InferOutputTensor output = response.getOutputs(i);
            ObjectNode tensor = outputs.addObject();
            tensor.put("name", output.getName()).put("datatype", output.getDatatype());
            ArrayNode shape = tensor.putArray("shape");
            output.getShapeList().forEach(shape::add);
            tensor.set(
                    "data",
                    i < response.getRawOutputContentsCount()
                            ? Elements.decode(output.getDatatype(), response.getRawOutputContents(i))
                            : values(output.getContents()));
        }
        return json;
    }

    // Exactly one list is filled.
    private static ArrayNode values(InferTensorContents contents) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        contents.getBoolContentsList().forEach(values::add);
        contents.getIntContentsList().forEach(values::add);
        contents.getInt64ContentsList().forEach(values::add);
        contents.getUintContentsList().forEach(value -> values.add(Integer.toUnsignedLong(value)));
        contents.getUint64ContentsList().forEach(value -> values.add(new BigInteger(Long.toUnsignedString(value))));
        contents.getFp32ContentsList().forEach(value -> values.add(Elements.single(value)));
        contents.getFp64ContentsList().forEach(value -> values.add(Elements.real(value)));
        contents.getBytesContentsList().stream().map(ByteString::toStringUtf8).forEach(values::add);
        return values;
    }
}
