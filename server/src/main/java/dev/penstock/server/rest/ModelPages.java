package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.server.admin.MemoryStatus;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Writes what there is of models: how they are on this server, and what is recorded of them. Pure.
final class ModelPages {
    private ModelPages() {}

    /// What is known of one model; one of the two at least is there.
    ///
    /// @param status null if this server has nothing of it
    /// @param model null if nothing is recorded of it
    record Page(
            String name,
            @Nullable ModelStatus status,
            @Nullable ModelRecord model) {
        static Page of(String name, @Nullable ModelStatus status, @Nullable ModelRecord model) {
            if (status == null && model == null) {
                throw new ServingException(
                        ErrorCode.NOT_FOUND, "Request for unknown model: '" + name + "' is not found");
            }
            return new Page(name, status, model);
        }

        private List<String> warnings() {
            return status == null ? List.of() : status.warnings();
        }

        private @Nullable VersionStatus version(long number) {
            return status == null ? null : status.version(number);
        }

        private Map<Long, VersionRecord> recorded() {
            return model == null ? Map.of() : model.versions();
        }
    }

    /// All that either has, by name.
    static List<Page> pages(List<ModelStatus> statuses, List<ModelRecord> models) {
        Map<String, Page> pages = new TreeMap<>();
        for (ModelStatus status : statuses) {
            pages.put(status.name(), new Page(status.name(), status, null));
        }
        for (ModelRecord model : models) {
            Page known = pages.get(model.name());
            pages.put(model.name(), new Page(model.name(), known == null ? null : known.status(), model));
        }
        return List.copyOf(pages.values());
    }

    static void writeAll(JsonGenerator json, List<Page> pages) {
        json.writeStartObject().writeArrayPropertyStart("models");
        for (Page page : pages) {
            write(json, page);
        }
        json.writeEndArray().writeEndObject();
    }

    static void write(JsonGenerator json, Page page) {
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
        TreeSet<Long> numbers = new TreeSet<>(page.recorded().keySet());
        if (status != null) {
            status.versions().forEach(version -> numbers.add(version.version()));
        }
        for (long number : numbers) {
            writeVersion(json, number, page.version(number), page.recorded().get(number));
        }
        json.writeEndArray().writeEndObject();
    }

    private static void writeModelFields(JsonGenerator json, Page page, ModelRecord model) {
        json.writeNumberProperty("revision", model.revision())
                .writeStringProperty("policy", model.policy())
                .writeStringProperty("config", model.config())
                .writeArrayPropertyStart("aliases");
        for (AliasRecord alias : model.aliases().values()) {
            LifecycleJson.writeAlias(json, alias, effective(page.status(), alias));
        }
        json.writeEndArray();
    }

    /// Where requests for the alias go on this server: where it points if that is ready, else where it pointed
    /// before.
    ///
    /// @return 0 if it goes nowhere
    static long effective(@Nullable ModelStatus model, AliasRecord alias) {
        if (isReady(model, alias.version())) {
            return alias.version();
        }
        return isReady(model, alias.previous()) ? alias.previous() : 0;
    }

    private static boolean isReady(@Nullable ModelStatus model, long number) {
        VersionStatus version = model == null ? null : model.version(number);
        return version != null && version.state() == VersionState.READY;
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
                    .writeBooleanProperty("loaded", memory.loaded() && version.state() != VersionState.UNAVAILABLE)
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
