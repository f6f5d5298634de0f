package dev.penstock.server.rest;

import dev.penstock.core.Assigned;
import dev.penstock.server.wire.ArmParameters;
import dev.penstock.server.wire.FeedbackTokens;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The beginning of an answer's JSON: the model, and the answer's own parameters. Pure.
final class AnswerStart {
    private static final String OUTPUTS = ",\"outputs\":[";

    /// From the end of the assignment, the last of an arm's parameters, to the end of all.
    static final int BEHIND_ARM_BYTES = "\"}".length() + OUTPUTS.length();

    private AnswerStart() {}

    /// From `"model_name"` to the bracket that opens the outputs.
    ///
    /// @param model the name that was called
    /// @param token by which the caller may say how good the answer was, or ""
    /// @param arm of a route that gave the answer, or null
    static byte[] of(String model, long version, String token, @Nullable Assigned arm) {
        String object = Json.text(json -> {
            json.writeStartObject()
                    .writeStringProperty("model_name", model)
                    .writeStringProperty("model_version", Long.toString(version));
            if (!token.isEmpty() || arm != null) {
                writeParameters(json, token, arm);
            }
            json.writeEndObject();
        });
        return (object.substring(1, object.length() - 1) + OUTPUTS).getBytes(StandardCharsets.UTF_8);
    }

    private static void writeParameters(JsonGenerator json, String token, @Nullable Assigned arm) {
        json.writeObjectPropertyStart("parameters");
        if (!token.isEmpty()) {
            json.writeStringProperty(FeedbackTokens.PARAMETER, token);
        }
        if (arm != null) {
            ArmParameters.of(arm).forEach(said -> json.writeStringProperty(said.name(), said.value()));
        }
        json.writeEndObject();
    }
}
