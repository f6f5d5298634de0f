package dev.penstock.server.gate;

import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Lineage;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a webhook is told of a candidate, as JSON. Pure.
final class WebhookQuestion {
    private static final JsonMapper JSON = new JsonMapper();

    private WebhookQuestion() {}

    /// @param said by the gates before
    static byte[] write(Candidate candidate, List<GateRecord> said) {
        ObjectNode root = JSON.createObjectNode();
        root.put("model", candidate.key().name());
        root.put("version", candidate.key().version());
        root.put("digest", candidate.digest());
        root.put("file_bytes", candidate.footprint().fileBytes());
        root.put("breaking", candidate.breaking());
        writeSignature(root.putObject("signature"), candidate.signature());
        writeLineage(root.putObject("lineage"), candidate.lineage());
        ArrayNode gates = root.putArray("gates");
        for (GateRecord record : said) {
            gates.addObject()
                    .put("gate", record.gate())
                    .put("verdict", record.verdict().name().toLowerCase(Locale.ROOT))
                    .put("detail", record.detail());
        }
        return JSON.writeValueAsBytes(root);
    }

    private static void writeSignature(ObjectNode to, Signature signature) {
        writeSpecs(to.putArray("inputs"), signature.inputs());
        writeSpecs(to.putArray("outputs"), signature.outputs());
        to.put("max_batch_size", signature.maxBatchSize());
    }

    private static void writeSpecs(ArrayNode to, List<TensorSpec> specs) {
        for (TensorSpec spec : specs) {
            ObjectNode one = to.addObject()
                    .put("name", spec.name())
                    .put("datatype", spec.type().name());
            ArrayNode shape = one.putArray("shape");
            for (long dim : spec.shape().toArray()) {
                shape.add(dim);
            }
            one.put("optional", spec.optional());
        }
    }

    private static void writeLineage(ObjectNode to, Lineage lineage) {
        to.put("git_commit", lineage.gitCommit());
        to.put("data_version", lineage.dataVersion());
        to.put("training_run", lineage.trainingRun());
        to.put("author", lineage.author());
        ObjectNode metrics = to.putObject("metrics");
        lineage.metrics().forEach((name, value) -> metrics.put(name, value));
        ObjectNode labels = to.putObject("labels");
        lineage.labels().forEach((name, value) -> labels.put(name, value));
    }
}
