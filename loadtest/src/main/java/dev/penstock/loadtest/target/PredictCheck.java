package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.AnswerCheck;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.input.Tolerance;
import java.nio.ByteBuffer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/// Whether an answer of V1 has the right predictions. Immutable. Values are compared while they are read. V1
/// does not say of what type a number is, so the tolerance is for all of them. What else the answer has does
/// not matter.
final class PredictCheck implements AnswerCheck {
    private final String field;
    private final JsonNode expected;
    private final Tolerance tolerance;

    /// @param answer `{"predictions": …}` or `{"outputs": …}`
    PredictCheck(JsonNode answer, Tolerance tolerance) {
        this.field = answer.has("predictions") ? "predictions" : "outputs";
        this.expected = answer.path(field);
        this.tolerance = tolerance;
    }

    @Override
    public boolean accepts(ByteBuffer answer) {
        try (JsonParser json = Json.MAPPER.createParser(new AnswerStream(answer))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            boolean found = false;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean isIt = json.currentName().equals(field);
                json.nextToken();
                if (isIt && !isRight(json, expected)) {
                    return false;
                }
                if (!isIt) {
                    json.skipChildren();
                }
                found |= isIt;
            }
            return found && json.currentToken() == JsonToken.END_OBJECT;
        } catch (JacksonException e) {
            return false;
        }
    }

    private boolean isRight(JsonParser json, JsonNode value) {
        return switch (json.currentToken()) {
            case START_ARRAY -> value.isArray() && isArrayRight(json, value);
            case START_OBJECT -> value.isObject() && isObjectRight(json, value);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                value.isNumber() && tolerance.near(value.doubleValue(), json.getDoubleValue());
            case VALUE_STRING -> value.isString() && value.stringValue().equals(json.getString());
            case VALUE_TRUE -> value.isBoolean() && value.booleanValue();
            case VALUE_FALSE -> value.isBoolean() && !value.booleanValue();
            case VALUE_NULL -> value.isNull();
            case null, default -> false;
        };
    }

    private boolean isArrayRight(JsonParser json, JsonNode list) {
        int index = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (index >= list.size() || !isRight(json, list.path(index))) {
                return false;
            }
            index++;
        }
        return index == list.size();
    }

    private boolean isObjectRight(JsonParser json, JsonNode object) {
        int fields = 0;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            JsonNode value = object.path(json.currentName());
            json.nextToken();
            if (!isRight(json, value)) {
                return false;
            }
            fields++;
        }
        return fields == object.size();
    }
}
