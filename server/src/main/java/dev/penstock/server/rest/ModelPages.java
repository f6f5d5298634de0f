package dev.penstock.server.rest;

import dev.penstock.core.Signature;
import dev.penstock.server.admin.MemoryStatus;
import dev.penstock.server.admin.ModelPage;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Writes what there is of models: how they are on this server, and what is recorded of them. Pure.
final class ModelPages {
    private ModelPages() {}

    static void writeAll(JsonGenerator json, List<ModelPage> pages) {
        json.writeStartObject().writeArrayPropertyStart("models");
        for (ModelPage page : pages) {
            write(json, page);
        }
        json.writeEndArray().writeEndObject();
    }

    static void write(JsonGenerator json, ModelPage page) {
        json.writeStartObject().writeStringProperty("name", page.name());
        ModelStatus status = page.status();
        if (status != null && !status.reason().isEmpty()) {
            json.writeStringProperty("reason", status.reason());
        }
        ModelRecord model = page.model();
        if (model != null) {
            writeModelFields(json, page, model);
        }
        json.writeArrayPropertyStart("warnings");
        page.warnings().forEach(json::writeString);
        json.writeEndArray().writeArrayPropertyStart("versions");
        for (long number : page.numbers()) {
            writeVersion(json, number, page.version(number), page.recorded().get(number));
        }
        json.writeEndArray().writeEndObject();
    }

    private static void writeModelFields(JsonGenerator json, ModelPage page, ModelRecord model) {
        json.writeNumberProperty("revision", model.revision())
                .writeStringProperty("policy", model.policy())
                .writeStringProperty("config", model.config())
                .writeArrayPropertyStart("aliases");
        for (AliasRecord alias : model.aliases().values()) {
            LifecycleJson.writeAlias(json, alias, ModelPage.effective(page.status(), alias));
        }
        json.writeEndArray();
    }

    private static void writeVersion(
            JsonGenerator json, long number, @Nullable VersionStatus version, @Nullable VersionRecord recorded) {
        json.writeStartObject().writeNumberProperty("version", number);
        if (version == null) {
            json.writeStringProperty("state", VersionState.UNAVAILABLE.name())
                    .writeStringProperty("reason", VersionStatus.NOT_ASKED_FOR);
        } else {
            writeStatus(json, version);
        }
        if (recorded != null) {
            LifecycleJson.writeVersionFields(json, recorded);
        }
        json.writeEndObject();
    }

    private static void writeStatus(JsonGenerator json, VersionStatus version) {
        json.writeStringProperty("state", version.state().name())
                .writeStringProperty("reason", version.reason())
                .writeStringProperty("device", version.device().toString());
        @Nullable MemoryStatus memory = version.memory();
        if (memory != null) {
            json.writeObjectPropertyStart("memory")
                    .writeBooleanProperty("loaded", version.inMemory())
                    .writeBooleanProperty("on_demand", memory.onDemand())
                    .writeNumberProperty("predicted_bytes", memory.predictedBytes())
                    .writeNumberProperty("measured_bytes", memory.measuredBytes())
                    .writeEndObject();
        }
        @Nullable Signature signature = version.signature();
        if (signature != null) {
            MetadataJson.writeInputs(json, signature.inputs());
            MetadataJson.writeOutputs(json, signature.outputs());
            json.writeNumberProperty("max_batch_size", signature.maxBatchSize());
            json.writeArrayPropertyStart("remarks");
            version.remarks().forEach(json::writeString);
            json.writeEndArray();
        }
    }
}
