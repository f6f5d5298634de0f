package dev.penstock.server.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.monitor.recording.Categories;
import dev.penstock.monitor.recording.Category;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.VectorReference;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Baselines as JSON, for files and for whoever asks: every count and sum, so that nothing is lost. Pure.
final class BaselineJson {
    private BaselineJson() {}

    /// 16 hexadecimal digits of what was counted; when, and where it comes from, does not matter.
    static String id(Baseline baseline) {
        try {
            byte[] text = content(baseline).toString().getBytes(UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    static String write(Baseline baseline) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("id", baseline.id());
        json.put("origin", baseline.origin().name());
        json.put("created", baseline.createdMillis());
        return json.setAll(content(baseline)).toString();
    }

    private static ObjectNode content(Baseline baseline) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("model", baseline.model());
        json.put("rows", baseline.rows());
        ArrayNode features = json.putArray("features");
        for (BaselineFeature feature : baseline.features()) {
            write(features.addObject(), feature);
        }
        if (!baseline.vectors().isEmpty()) {
            ArrayNode vectors = json.putArray("vectors");
            baseline.vectors().forEach(vector -> write(vectors.addObject(), vector));
        }
        return json;
    }

    private static void write(ObjectNode json, BaselineFeature feature) {
        json.put("name", feature.name());
        switch (feature) {
            case BaselineFeature.Numbers f -> {
                ArrayNode edges = json.putArray("edges");
                for (int i = 0; i < f.edges().count(); i++) {
                    edges.add(f.edges().edge(i));
                }
            }
            case BaselineFeature.Keys f -> {
                write(json.putArray("categories"), f.categories().kept());
                write(json.putArray("beyond"), f.categories().beyond());
            }
        }
        ArrayNode counts = json.putArray("counts");
        ArrayNode sums = json.putArray("sums");
        for (int i = 0; i < feature.counts().slots(); i++) {
            counts.add(feature.counts().count(i));
            sums.add(feature.counts().sum(i));
        }
    }

    private static void write(ObjectNode json, BaselineVector vector) {
        json.put("norm", vector.norm());
        json.put("projections", vector.reference().projections());
        json.put("seed", vector.reference().seed());
        json.put("width", vector.reference().width());
        ArrayNode centroid = json.putArray("centroid");
        for (double element : vector.reference().centroid()) {
            centroid.add(element);
        }
        ArrayNode sums = json.putArray("sums");
        for (double sum : vector.sums()) {
            sums.add(sum);
        }
    }

    private static BaselineVector vector(JsonNode json) {
        VectorReference reference = new VectorReference(
                doubles(json.path("centroid")),
                json.path("projections").asInt(),
                json.path("seed").asLong(),
                json.path("width").asDouble());
        return new BaselineVector(json.path("norm").asString(), reference, doubles(json.path("sums")));
    }

    private static void write(ArrayNode json, List<Category> categories) {
        for (Category category : categories) {
            json.addArray().add(category.name()).add(category.key()).add(category.length());
        }
    }

    /// @throws IllegalArgumentException if it is none
    static Baseline read(String text) {
        JsonNode json = JsonMapper.shared().readTree(text);
        List<BaselineFeature> features = new ArrayList<>();
        for (JsonNode feature : json.path("features")) {
            features.add(feature(feature));
        }
        List<BaselineVector> vectors = new ArrayList<>();
        for (JsonNode vector : json.path("vectors")) {
            vectors.add(vector(vector));
        }
        Baseline baseline = new Baseline(
                json.path("model").asString(),
                Baseline.Origin.valueOf(json.path("origin").asString()),
                json.path("rows").asLong(),
                json.path("created").asLong(),
                features,
                vectors);
        String id = json.path("id").asString();
        if (!id.equals(baseline.id())) {
            throw new IllegalArgumentException("a baseline of id %s (expected: %s)".formatted(baseline.id(), id));
        }
        return baseline;
    }

    private static BaselineFeature feature(JsonNode json) {
        String name = json.path("name").asString();
        FeatureCounts counts = FeatureCounts.of(longs(json.path("counts")), doubles(json.path("sums")));
        if (json.has("edges")) {
            return new BaselineFeature.Numbers(name, Edges.of(doubles(json.path("edges"))), counts);
        }
        Categories categories = Categories.of(categories(json.path("categories")), categories(json.path("beyond")));
        return new BaselineFeature.Keys(name, categories, counts);
    }

    private static List<Category> categories(JsonNode json) {
        List<Category> categories = new ArrayList<>();
        for (JsonNode one : json) {
            categories.add(new Category(
                    one.path(0).asString(), one.path(1).asLong(), one.path(2).asInt()));
        }
        return categories;
    }

    static long[] longs(JsonNode json) {
        long[] values = new long[json.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = json.path(i).asLong();
        }
        return values;
    }

    static double[] doubles(JsonNode json) {
        double[] values = new double[json.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = json.path(i).asDouble();
        }
        return values;
    }
}
