package dev.penstock.loadtest.result;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Makes JSON of a result. Maps are sorted, so that the same result is the same text.
final class ResultJson {
    private ResultJson() {}

    static ObjectNode of(TestResult result) {
        ObjectNode json = object();
        json.put("format", TestResults.FORMAT).put("name", result.name());
        json.put("at", result.at().toString()).put("valid", result.isValid());
        json.set("machine", of(result.machine()));
        json.set("versions", of(result.versions()));
        json.set("command", of(result.command()));
        json.put("scenario", result.scenario());
        result.slo()
                .ifPresent(slo -> json.putObject("slo")
                        .put("percentile", slo.percentile())
                        .put("latency_nanos", slo.latency().toNanos())
                        .put("error_share", slo.errorShare()));
        json.set("findings", of(result.findings()));
        result.recommended().ifPresent(recommended -> {
            ObjectNode chosen = json.putObject("recommended");
            recommended.stage().ifPresent(stage -> chosen.put("stage", stage));
        });
        ArrayNode stages = json.putArray("stages");
        result.stages().forEach(stage -> stages.add(of(stage)));
        return json;
    }

    private static ObjectNode of(Machine machine) {
        ObjectNode json = object();
        json.put("processor", machine.processor()).put("cores", machine.cores());
        json.put("system", machine.system()).put("java", machine.java());
        HistogramJson.put(json, "load_average", machine.loadAverage());
        return json;
    }

    private static ObjectNode of(StageResult stage) {
        ObjectNode json = object();
        json.put("name", stage.name()).put("load", stage.load());
        HistogramJson.put(json, "offered_per_second", stage.offeredPerSecond());
        HistogramJson.put(json, "achieved_per_second", stage.perSecond());
        json.put("concurrency", stage.concurrency());
        json.set("settings", of(stage.settings()));
        json.put("elapsed_nanos", stage.elapsed().toNanos());
        json.put("succeeded", stage.succeeded()).put("failed", stage.failed());
        json.set("errors", counts(stage.errors()));
        json.put("rejected", stage.rejected()).put("overflowed", stage.overflowed());
        json.put("verified", stage.verified());
        HistogramJson.put(json, "error_share", stage.errorShare());
        json.put("valid", stage.validity().isValid());
        json.set("invalid_because", of(stage.validity().reasons()));
        json.set("steadiness", of(stage.steadiness()));
        json.set("client", of(stage.client()));
        stage.server().ifPresent(server -> json.set("server", of(server)));
        json.set("latency", HistogramJson.of(stage.latency()));
        json.set("send_lag", HistogramJson.of(stage.sendLag()));
        json.set("rejected_latency", HistogramJson.of(stage.rejectedLatency()));
        ArrayNode parts = json.putArray("parts");
        stage.parts().forEach(part -> parts.add(of(part)));
        ArrayNode windows = json.putArray("windows");
        stage.windows().forEach(window -> windows.add(of(window)));
        return json;
    }

    private static ObjectNode of(Steadiness steadiness) {
        ObjectNode json = object();
        json.put("reached", steadiness.reached()).put("windows", steadiness.windows());
        HistogramJson.put(json, "tolerance", steadiness.tolerance());
        json.put("settling", steadiness.settling().toString());
        return json;
    }

    private static ObjectNode of(ClientUse client) {
        ObjectNode json = object();
        json.put("threads", client.threads());
        HistogramJson.put(json, "cpu_share", client.cpuShare());
        HistogramJson.put(json, "cpu_micros_per_request", client.microsPerRequest());
        HistogramJson.put(json, "late_share", client.lateShare());
        HistogramJson.put(json, "waited_share", client.waitedShare());
        return json;
    }

    private static ObjectNode of(ServerUse server) {
        ObjectNode json = object();
        HistogramJson.put(json, "queue_micros", server.queueMicros());
        HistogramJson.put(json, "compute_micros", server.computeMicros());
        HistogramJson.put(json, "mean_batch", server.meanBatch());
        ObjectNode batches = json.putObject("batches");
        new TreeMap<>(server.batches()).forEach((rows, count) -> batches.put(rows.toString(), count));
        HistogramJson.put(json, "cpu_micros_per_request", server.cpuMicrosPerRequest());
        return json;
    }

    private static ObjectNode of(Part part) {
        ObjectNode json = object();
        json.put("kind", part.kind()).put("value", part.value());
        part.expectedShare().ifPresent(share -> json.put("expected_share", share));
        json.put("succeeded", part.succeeded());
        json.set("errors", counts(part.errors()));
        json.set("latency", HistogramJson.of(part.latency()));
        return json;
    }

    private static ObjectNode of(Window window) {
        ObjectNode json = object();
        json.put("from_nanos", window.from().toNanos());
        json.put("length_nanos", window.length().toNanos());
        HistogramJson.put(json, "offered_per_second", window.offeredPerSecond());
        HistogramJson.put(json, "achieved_per_second", window.perSecond());
        json.put("succeeded", window.succeeded()).put("failed", window.failed());
        json.put("overflowed", window.overflowed());
        json.set("latency", HistogramJson.of(window.latency().toHistogram()));
        return json;
    }

    private static ObjectNode of(Map<String, String> texts) {
        ObjectNode json = object();
        new TreeMap<>(texts).forEach(json::put);
        return json;
    }

    private static ObjectNode counts(Map<String, Long> counts) {
        ObjectNode json = object();
        new TreeMap<>(counts).forEach(json::put);
        return json;
    }

    private static ArrayNode of(List<String> texts) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        texts.forEach(json::add);
        return json;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
