package dev.penstock.server.feedback;

import dev.penstock.core.Check;
import dev.penstock.monitor.quality.BinnedLabels;
import dev.penstock.monitor.quality.FineLabels;
import dev.penstock.monitor.quality.LabelCounts;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How good a version was when it was held to be good. Immutable.
///
/// @param labels of which it is known
/// @param right of them that were predicted
/// @param confidences how often a prediction was right, by its chance
/// @param scores how often the positive class was the label, by its chance
/// @param readAs how its answers were read, as [VersionFeedback#readAs] says it; "" if nobody knows
record QualityBaseline(long labels, long right, BinnedLabels confidences, BinnedLabels scores, String readAs) {
    QualityBaseline {
        Check.argument(labels > 0, "labels: %d (expected: > 0)", labels);
        Check.argument(right >= 0 && right <= labels, "right: %d (expected: 0..%d)", right, labels);
    }

    static QualityBaseline of(LabelCounts counts, String readAs) {
        LabelCounts kept = counts.copy();
        return new QualityBaseline(kept.labels(), kept.right(), kept.confidences(), kept.scores(), readAs);
    }

    /// The same, of answers that are read so.
    QualityBaseline readAs(String as) {
        return new QualityBaseline(labels, right, confidences, scores, as);
    }

    String json() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("labels", labels);
        json.put("right", right);
        json.put("readAs", readAs);
        write(json.putObject("confidences"), confidences);
        write(json.putObject("scores"), scores);
        return json.toString();
    }

    private static void write(ObjectNode json, BinnedLabels bins) {
        Arrays.stream(bins.hits()).forEach(json.putArray("hits")::add);
        Arrays.stream(bins.totals()).forEach(json.putArray("labels")::add);
        FineLabels finer = bins.finer();
        if (!finer.isEmpty()) {
            ObjectNode fine = json.putObject("fine");
            Arrays.stream(finer.places()).forEach(fine.putArray("places")::add);
            Arrays.stream(finer.hits()).forEach(fine.putArray("hits")::add);
            Arrays.stream(finer.totals()).forEach(fine.putArray("labels")::add);
        }
    }

    /// @throws IllegalArgumentException if it is nothing that [#json] writes
    static QualityBaseline read(String text) {
        try {
            JsonNode json = JsonMapper.shared().readTree(text);
            return new QualityBaseline(
                    json.path("labels").asLong(0),
                    json.path("right").asLong(-1),
                    bins(json.path("confidences")),
                    bins(json.path("scores")),
                    json.path("readAs").asString(""));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static BinnedLabels bins(JsonNode json) {
        if (json.isMissingNode()) {
            return new BinnedLabels();
        }
        // What was written before there were finer bins has none.
        JsonNode fine = json.path("fine");
        FineLabels finer =
                FineLabels.of(numbers(fine.path("places")), numbers(fine.path("hits")), numbers(fine.path("labels")));
        return BinnedLabels.of(numbers(json.path("hits")), numbers(json.path("labels")), finer);
    }

    private static long[] numbers(JsonNode json) {
        long[] numbers = new long[json.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = json.path(i).asLong(-1);
        }
        return numbers;
    }
}
