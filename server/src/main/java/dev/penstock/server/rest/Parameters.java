package dev.penstock.server.rest;

import dev.penstock.server.wire.ReservedParameters;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The `parameters` of a request or of one of its tensors. Those that are not known are ignored: models may define
/// their own. Filled by one parser, then read.
final class Parameters {
    private final String where;
    private final boolean ofRequest;

    private @Nullable Boolean binaryDataOutput;
    private @Nullable Boolean binaryData;
    private long binaryDataSize = -1;
    private long timeoutNanos;
    private boolean nonFiniteAsStrings;
    private int priority;

    private Parameters(String where, boolean ofRequest) {
        this.where = where;
        this.ofRequest = ofRequest;
    }

    /// Those of a whole request: some names mean something only here.
    static Parameters ofRequest() {
        return new Parameters("the request", true);
    }

    /// @param tensor whose they are, for messages: `input 'x'`
    static Parameters ofTensor(String tensor) {
        return new Parameters(tensor, false);
    }

    /// Reads the object the parser is at.
    void read(JsonParser json) {
        RequestJson.expect(json, JsonToken.START_OBJECT, field("parameters"), "an object");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            readOne(json, name);
        }
    }

    private void readOne(JsonParser json, String name) {
        switch (name) {
            case "binary_data_output" -> binaryDataOutput = RequestJson.bool(json, field(name));
            case "binary_data" -> binaryData = RequestJson.bool(json, field(name));
            case "binary_data_size" -> binaryDataSize = notNegative(json, name);
            case "non_finite" -> nonFiniteAsStrings = nonFinite(json, name);
            case ReservedParameters.TIMEOUT -> readTimeout(json);
            case ReservedParameters.PRIORITY -> readPriority(json);
            case ReservedParameters.SEQUENCE_ID -> readSequence(json);
            default -> {
                ReservedParameters.check(name, where);
                json.skipChildren();
            }
        }
    }

    private void readTimeout(JsonParser json) {
        if (!ofRequest) {
            json.skipChildren();
        } else if (json.currentToken() == JsonToken.VALUE_STRING) {
            timeoutNanos = ReservedParameters.timeoutNanos(json.getString());
        } else if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            timeoutNanos =
                    ReservedParameters.timeoutNanos(RequestJson.integer(json, field(ReservedParameters.TIMEOUT)));
        } else {
            throw ReservedParameters.wrongTimeout(RequestJson.shown(json));
        }
    }

    private void readPriority(JsonParser json) {
        if (!ofRequest) {
            json.skipChildren();
        } else if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && json.getBigIntegerValue().signum() >= 0) {
            // A level may have 64 bits without a sign.
            priority = ReservedParameters.priority(json.getBigIntegerValue().longValue());
        } else {
            throw ReservedParameters.wrongPriority(RequestJson.shown(json));
        }
    }

    private void readSequence(JsonParser json) {
        if (!ofRequest) {
            json.skipChildren();
        } else if (json.currentToken() == JsonToken.VALUE_STRING) {
            ReservedParameters.checkSequence(json.getString());
        } else {
            // An id may have 64 bits without a sign; any that is no zero is one.
            RequestJson.expect(
                    json, JsonToken.VALUE_NUMBER_INT, field(ReservedParameters.SEQUENCE_ID), "an integer or a string");
            ReservedParameters.checkSequence(json.getBigIntegerValue().signum());
        }
    }

    private long notNegative(JsonParser json, String name) {
        long value = RequestJson.integer(json, field(name));
        if (value < 0) {
            throw RequestJson.wrong(json, field(name), ">= 0");
        }
        return value;
    }

    private boolean nonFinite(JsonParser json, String name) {
        boolean string = RequestJson.text(json, field(name)).equals("string");
        if (!string && !json.getString().equals("error")) {
            throw RequestJson.wrong(json, field(name), "\"string\" or \"error\"");
        }
        return string;
    }

    private String field(String name) {
        return "'" + name + "' of " + where;
    }

    /// Whether outputs that say nothing else are wanted as binary data.
    boolean binaryDataOutput() {
        return Boolean.TRUE.equals(binaryDataOutput);
    }

    /// Whether this output is wanted as binary data, or null if the request's word counts.
    @Nullable
    Boolean binaryData() {
        return binaryData;
    }

    /// How many bytes of this input follow the JSON, or -1 if none do.
    long binaryDataSize() {
        return binaryDataSize;
    }

    /// At most [ReservedParameters#LONGEST_TIMEOUT]; 0 is none.
    long timeoutNanos() {
        return timeoutNanos;
    }

    /// 0 is none.
    int priority() {
        return priority;
    }

    boolean nonFiniteAsStrings() {
        return nonFiniteAsStrings;
    }
}
