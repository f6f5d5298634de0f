package dev.penstock.loadtest.replay;

import dev.penstock.loadtest.input.Elements;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.WireMessages;
import dev.penstock.proto.inference.ModelInferRequest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A recorded request, and what it was answered.
///
/// @param where it is, for messages: the file and the line
/// @param id by which the log knows it
/// @param time when it arrived
/// @param model that was asked
/// @param version that answered; 0 for none
/// @param route that led there, or ""
/// @param headers that came with it, but for redacted ones; by lower-case name
/// @param request with raw contents, to no model yet; empty if it cannot be sent again
/// @param answer the outputs as they were, but for redacted ones
/// @param redactedOutputs how many there are
/// @param unfit why it cannot be sent again, or ""
public record Recording(
        String where,
        String id,
        Instant time,
        String model,
        long version,
        String route,
        Map<String, String> headers,
        ModelInferRequest request,
        List<Tensor> answer,
        int redactedOutputs,
        String unfit) {
    public Recording {
        headers = Map.copyOf(headers);
        answer = List.copyOf(answer);
    }

    /// Numbers as doubles, of which one is -0.0.
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// Reads one line.
    ///
    /// @throws InputError if it is no record
    static Recording parse(String where, byte[] line) {
        if (!(read(where, line) instanceof ObjectNode json)
                || !(json.get("request") instanceof ObjectNode request)
                || !json.path("model").isString()) {
            throw new InputError(where + ": no record (expected: a line of a payload log: an object with 'time',"
                    + " 'model', 'request' and 'response')");
        }
        try {
            String unfit = unfit(json, request);
            List<Tensor> answer = new ArrayList<>();
            int redacted = 0;
            for (JsonNode output : json.path("response").path("outputs")) {
                if (output.has("redacted")) {
                    redacted++;
                } else {
                    answer.add(tensor(output));
                }
            }
            return new Recording(
                    where,
                    json.path("id").asString(""),
                    time(json),
                    json.path("model").asString(""),
                    json.path("version").asLong(0),
                    json.path("route").asString(""),
                    headers(json),
                    unfit.isEmpty() ? message(request) : ModelInferRequest.getDefaultInstance(),
                    answer,
                    redacted,
                    unfit);
        } catch (InputError | DateTimeParseException e) {
            throw new InputError(where + ": " + e.getMessage());
        }
    }

    private static JsonNode read(String where, byte[] line) {
        try {
            return JSON.readTree(line);
        } catch (JacksonException e) {
            throw new InputError(where + " is not valid JSON: " + e.getOriginalMessage());
        }
    }

    /// None of a line that does not say which of them are changed: an earlier release wrote it.
    private static Map<String, String> headers(JsonNode json) {
        if (!json.has("redacted_headers")) {
            return Map.of();
        }
        Set<String> redacted = new HashSet<>();
        json.path("redacted_headers").forEach(name -> redacted.add(name.asString("")));
        Map<String, String> headers = new HashMap<>();
        json.path("headers").forEachEntry((name, value) -> {
            if (!redacted.contains(name)) {
                headers.put(name, value.asString(""));
            }
        });
        return headers;
    }

    private static Instant time(JsonNode json) {
        return Instant.parse(json.path("time").asString(""));
    }

    /// Priorities and timeouts were for callers that waited, and change no answer.
    private static ModelInferRequest message(ObjectNode request) {
        request.remove("parameters");
        return WireMessages.request("", "", request);
    }

    private static Tensor tensor(JsonNode output) {
        ObjectNode wrapped = JsonNodeFactory.instance.objectNode();
        ArrayNode outputs = wrapped.putArray("outputs");
        outputs.add(output);
        return WireMessages.outputs(wrapped).getFirst();
    }

    private static String unfit(JsonNode json, JsonNode request) {
        for (JsonNode input : request.path("inputs")) {
            if (input.has("redacted")) {
                return redacted(input.path("name").asString(""));
            }
            Elements.bytesOf(input.path("datatype").asString(""));
        }
        return json.has("response")
                ? ""
                : refused(json.path("error").path("code").asString("unknown"));
    }

    static String redacted(String input) {
        return "input '" + input + "' is redacted";
    }

    static String refused(String code) {
        return "it was refused: " + code;
    }
}
