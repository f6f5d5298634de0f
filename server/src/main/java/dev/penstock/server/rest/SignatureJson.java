package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.admin.VersionStatus;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes what TensorFlow Serving tells about models, in its words.
final class SignatureJson {
    private SignatureJson() {}

    /// What TensorFlow Serving's clients read, and KServe's: `name` and `ready`.
    static void writeStatus(JsonGenerator json, String name, ModelLookup.Known known) {
        json.writeStartObject()
                .writeStringProperty("name", name)
                .writeBooleanProperty("ready", known.ready())
                .writeArrayPropertyStart("model_version_status");
        for (VersionStatus version : known.versions()) {
            json.writeStartObject()
                    .writeStringProperty("version", Long.toString(version.version()))
                    .writeStringProperty("state", state(version))
                    .writeObjectPropertyStart("status")
                    .writeStringProperty("error_code", version.failed() ? "UNKNOWN" : "OK")
                    .writeStringProperty("error_message", version.failed() ? version.reason() : "")
                    .writeEndObject()
                    .writeEndObject();
        }
        json.writeEndArray().writeEndObject();
    }

    private static String state(VersionStatus version) {
        return switch (version.state()) {
            case LOADING -> "LOADING";
            case READY -> "AVAILABLE";
            case UNLOADING -> "UNLOADING";
            case UNAVAILABLE -> version.reason().equals(VersionStatus.NOT_ASKED_FOR) ? "START" : "END";
        };
    }

    static void write(JsonGenerator json, ModelLookup.Found found, Signature signature) {
        json.writeStartObject()
                .writeObjectPropertyStart("model_spec")
                .writeStringProperty("name", found.model().name())
                .writeStringProperty("signature_name", "")
                .writeStringProperty("version", Long.toString(found.version().version()))
                .writeEndObject()
                .writeObjectPropertyStart("metadata")
                .writeObjectPropertyStart("signature_def")
                .writeObjectPropertyStart("signature_def")
                .writeObjectPropertyStart(PredictBodyReader.SIGNATURE);
        writeTensors(json, "inputs", signature.inputs());
        writeTensors(json, "outputs", signature.outputs());
        json.writeStringProperty("method_name", "tensorflow/serving/predict")
                .writeEndObject()
                .writeEndObject()
                .writeEndObject()
                .writeEndObject()
                .writeEndObject();
    }

    private static void writeTensors(JsonGenerator json, String field, List<TensorSpec> tensors) {
        json.writeObjectPropertyStart(field);
        for (TensorSpec tensor : tensors) {
            json.writeObjectPropertyStart(tensor.name())
                    .writeStringProperty("dtype", typeName(tensor.type()))
                    .writeObjectPropertyStart("tensor_shape")
                    .writeArrayPropertyStart("dim");
            for (int i = 0; i < tensor.shape().rank(); i++) {
                json.writeStartObject()
                        .writeStringProperty(
                                "size", Long.toString(tensor.shape().dim(i)))
                        .writeStringProperty("name", tensor.dimNames().get(i))
                        .writeEndObject();
            }
            json.writeEndArray()
                    .writeBooleanProperty("unknown_rank", false)
                    .writeEndObject()
                    .writeStringProperty("name", tensor.name())
                    .writeEndObject();
        }
        json.writeEndObject();
    }

    private static String typeName(DataType type) {
        return switch (type) {
            case BOOL -> "DT_BOOL";
            case UINT8 -> "DT_UINT8";
            case UINT16 -> "DT_UINT16";
            case UINT32 -> "DT_UINT32";
            case UINT64 -> "DT_UINT64";
            case INT8 -> "DT_INT8";
            case INT16 -> "DT_INT16";
            case INT32 -> "DT_INT32";
            case INT64 -> "DT_INT64";
            case FP16 -> "DT_HALF";
            case BF16 -> "DT_BFLOAT16";
            case FP32 -> "DT_FLOAT";
            case FP64 -> "DT_DOUBLE";
            case BYTES -> "DT_STRING";
        };
    }
}
