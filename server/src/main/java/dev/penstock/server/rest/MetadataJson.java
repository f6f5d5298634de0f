package dev.penstock.server.rest;

import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.server.admin.Metadata;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes what the protocol tells about the server and its models.
final class MetadataJson {
    private MetadataJson() {}

    static void writeServer(JsonGenerator json, String name, String version) {
        json.writeStartObject()
                .writeStringProperty("name", name)
                .writeStringProperty("version", version)
                .writeArrayPropertyStart("extensions");
        for (String extension : Metadata.EXTENSIONS) {
            json.writeString(extension);
        }
        json.writeEndArray().writeEndObject();
    }

    /// @param shown the version that is described
    /// @param only whether that one was asked for; otherwise all that are ready are listed
    static void writeModel(
            JsonGenerator json, ModelStatus model, VersionStatus shown, Signature signature, boolean only) {
        json.writeStartObject().writeStringProperty("name", model.name()).writeArrayPropertyStart("versions");
        for (VersionStatus version : model.versions()) {
            if (only ? version.version() == shown.version() : version.state() == VersionState.READY) {
                json.writeString(Long.toString(version.version()));
            }
        }
        json.writeEndArray().writeStringProperty("platform", Metadata.platform(shown));
        writeInputs(json, signature.inputs());
        writeOutputs(json, signature.outputs());
        json.writeEndObject();
    }

    static void writeInputs(JsonGenerator json, List<TensorSpec> inputs) {
        json.writeArrayPropertyStart("inputs");
        for (TensorSpec input : inputs) {
            writeSpec(json, input, Metadata.inputShape(input));
        }
        json.writeEndArray();
    }

    static void writeOutputs(JsonGenerator json, List<TensorSpec> outputs) {
        json.writeArrayPropertyStart("outputs");
        for (TensorSpec output : outputs) {
            writeSpec(json, output, output.shape());
        }
        json.writeEndArray();
    }

    private static void writeSpec(JsonGenerator json, TensorSpec spec, Shape shape) {
        json.writeStartObject()
                .writeStringProperty("name", spec.name())
                .writeStringProperty("datatype", spec.type().name());
        writeShape(json, shape);
        json.writeEndObject();
    }

    static void writeShape(JsonGenerator json, Shape shape) {
        json.writeArrayPropertyStart("shape");
        for (int i = 0; i < shape.rank(); i++) {
            json.writeNumber(shape.dim(i));
        }
        json.writeEndArray();
    }

    /// @param onlyReady whether to leave out what does not serve
    static void writeIndex(JsonGenerator json, List<ModelStatus> models, boolean onlyReady) {
        json.writeStartArray();
        for (ModelStatus model : models) {
            for (VersionStatus version : model.versions()) {
                if (!onlyReady || version.state() == VersionState.READY) {
                    writeRow(json, model.name(), version);
                }
            }
            if (model.versions().isEmpty() && !onlyReady) {
                json.writeStartObject().writeStringProperty("name", model.name());
                json.writeStringProperty("state", VersionState.UNAVAILABLE.name());
                writeReason(json, model.reason());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private static void writeRow(JsonGenerator json, String model, VersionStatus version) {
        json.writeStartObject()
                .writeStringProperty("name", model)
                .writeStringProperty("version", Long.toString(version.version()))
                .writeStringProperty("state", version.state().name());
        writeReason(json, version.reason());
        json.writeEndObject();
    }

    private static void writeReason(JsonGenerator json, String reason) {
        if (!reason.isEmpty()) {
            json.writeStringProperty("reason", reason);
        }
    }
}
