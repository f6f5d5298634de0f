package dev.penstock.server.rest;

import dev.penstock.monitor.drift.VectorDrift;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes how vectors differ. What cannot be said is null. Pure.
final class VectorJson {
    private VectorJson() {}

    static void write(JsonGenerator json, List<VectorDrift> vectors) {
        json.writeArrayPropertyStart("vectors");
        for (VectorDrift vector : vectors) {
            json.writeStartObject()
                    .writeStringProperty("name", vector.name())
                    .writeStringProperty("status", DriftJson.lower(vector.status()))
                    .writeNumberProperty("n", vector.count())
                    .writeNumberProperty("baselineN", vector.baselineCount());
            DriftJson.number(json, "mmd2", vector.mmd());
            DriftJson.number(json, "mmdP", vector.p());
            DriftJson.number(json, "centroidDistance", vector.distance());
            DriftJson.number(json, "centroidCosine", vector.cosine());
            DriftJson.number(json, "centroidShift", vector.shift());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
