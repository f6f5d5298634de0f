package dev.penstock.server.rest;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ServingException;
import dev.penstock.core.Tensor;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads one inference request from JSON and the binary data behind it, in one pass and without a tree. For one use.
final class InferRequestReader {
    /// Far more than models have; what a request names beyond is an attack, not a call.
    private static final int MAX_TENSORS = 10_000;

    private final String model;
    private final String version;
    private final ByteBuf body;
    private final int jsonBytes;

    private final Parameters parameters = Parameters.ofRequest();
    private final List<InputDraft> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final Map<String, Boolean> binaryOutputs = new HashMap<>();
    private boolean hasInputs;
    private String id = "";

    /// @param jsonBytes how much of `body` is JSON; the rest is binary data
    InferRequestReader(String model, String version, ByteBuf body, int jsonBytes) {
        this.model = model;
        this.version = version;
        this.body = body;
        this.jsonBytes = jsonBytes;
    }

    /// The caller's id as far as it was read, or "".
    String id() {
        return id;
    }

    InferCall read() {
        Utf8.check(body, body.readerIndex(), jsonBytes);
        try (JsonParser json = Json.parser(body, body.readerIndex(), jsonBytes)) {
            if (json.nextToken() == null) {
                throw ServingException.invalid("Unable to parse the request: it is empty (expected: a JSON object)");
            }
            readRequest(json);
            if (json.nextToken() != null) {
                throw ServingException.invalid("Unable to parse the request: more JSON follows its first object");
            }
            return new InferCall(request(), form());
        } catch (JacksonException e) {
            throw RequestJson.malformed(e);
        }
    }

    private void readRequest(JsonParser json) {
        RequestJson.expect(json, JsonToken.START_OBJECT, "the request", "an object");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "id" -> id = RequestJson.text(json, "'id'");
                case "parameters" -> parameters.read(json);
                case "inputs" -> readInputs(json);
                case "outputs" -> readOutputs(json);
                default -> json.skipChildren();
            }
        }
        if (!hasInputs) {
            throw ServingException.invalid("Unable to parse 'inputs': it is missing (expected: an array)");
        }
    }

    private void readInputs(JsonParser json) {
        hasInputs = true;
        RequestJson.expect(json, JsonToken.START_ARRAY, "'inputs'", "an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            InputDraft input = new InputDraft(inputs.size(), model, body);
            input.read(json);
            inputs.add(input);
            checkCount("inputs", inputs.size());
        }
    }

    private void readOutputs(JsonParser json) {
        RequestJson.expect(json, JsonToken.START_ARRAY, "'outputs'", "an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            readOutput(json, "outputs[" + outputs.size() + "]");
            checkCount("outputs", outputs.size());
        }
    }

    private void readOutput(JsonParser json, String where) {
        RequestJson.expect(json, JsonToken.START_OBJECT, "'" + where + "'", "an object");
        @Nullable String name = null;
        Parameters own = Parameters.ofTensor(where);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "name" -> name = RequestJson.text(json, "'name' of " + where);
                case "parameters" -> own.read(json);
                default -> json.skipChildren();
            }
        }
        if (name == null) {
            throw ServingException.invalid("Unable to parse 'name' of %s: it is missing".formatted(where));
        }
        outputs.add(name);
        Boolean binary = own.binaryData();
        if (binary != null) {
            binaryOutputs.put(name, binary);
        }
    }

    private static void checkCount(String field, int count) {
        if (count > MAX_TENSORS) {
            throw ServingException.invalid(
                    "Unable to parse '%s': more than %d elements (expected: no more)".formatted(field, MAX_TENSORS));
        }
    }

    private InferenceRequest request() {
        BinarySection binary = new BinarySection(model, body, body.readerIndex() + jsonBytes);
        List<Tensor> tensors = new ArrayList<>(inputs.size());
        for (InputDraft input : inputs) {
            tensors.add(input.tensor(binary));
        }
        binary.end();
        return new InferenceRequest(
                model,
                version,
                id,
                tensors,
                outputs,
                InferenceRequest.NO_DEADLINE,
                parameters.timeoutNanos(),
                parameters.priority(),
                0);
    }

    private ReplyForm form() {
        return new ReplyForm(id, parameters.binaryDataOutput(), binaryOutputs, parameters.nonFiniteAsStrings());
    }
}
