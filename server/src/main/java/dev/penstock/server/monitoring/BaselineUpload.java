package dev.penstock.server.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.Category;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads baselines that somebody brings. Pure.
///
/// @param model that they are of
/// @param kinds how a feature is counted, if that is known: `7` may be a number, a category or a text
/// @param nowMillis since 1970
public record BaselineUpload(String model, Function<String, Kind> kinds, long nowMillis) {
    private static final int MOST_FEATURES = 1024;

    /// How a feature's values are counted.
    public enum Kind {
        /// Nobody knows yet.
        UNKNOWN,
        /// In bins.
        NUMBERS,
        /// Whole numbers, each for itself.
        KEYS,
        /// Texts, each for itself.
        TEXTS
    }

    /// Of a model whose features are known by what is counted of its versions.
    ///
    /// @param watched all versions, of other models as well
    static BaselineUpload of(String model, List<Watched> watched, long nowMillis) {
        Map<String, Kind> kinds = new HashMap<>();
        for (Watched version : watched) {
            Cumulative total = version.total();
            if (version.key().name().equals(model) && total != null) {
                MonitorPlan plan = total.plan();
                plan.features().forEach(feature -> kinds.put(feature.name(), kind(plan, feature)));
            }
        }
        return new BaselineUpload(model, name -> kinds.getOrDefault(name, Kind.UNKNOWN), nowMillis);
    }

    private static Kind kind(MonitorPlan plan, Feature feature) {
        return switch (feature) {
            case Feature.Numeric _ -> Kind.NUMBERS;
            case Feature.Categorical keys -> plan.texts(keys.name()) ? Kind.TEXTS : Kind.KEYS;
        };
    }

    /// Samples, histograms or counts, by feature.
    ///
    /// @throws ServingException if the text is no baseline
    public Baseline json(byte[] text) {
        return read(() -> {
            List<BaselineFeature> features = new ArrayList<>();
            JsonNode given = JsonMapper.shared().readTree(text).path("features");
            checkFeatures(given.size());
            for (JsonNode one : given) {
                features.add(feature(one));
            }
            return features;
        });
    }

    /// A line of names, and a line for each row. A column of numbers is one of numbers; no text is a missing
    /// value.
    ///
    /// @throws ServingException if the text is no baseline
    public Baseline csv(byte[] text) {
        return read(() -> {
            String lines = new String(text, UTF_8);
            // Before each of them becomes a text of its own.
            checkFeatures(1
                    + lines.lines()
                            .findFirst()
                            .orElse("")
                            .chars()
                            .filter(c -> c == ',')
                            .count());
            return table(CsvText.rows(lines));
        });
    }

    /// A table of plain columns, each of a feature; a null is a missing value.
    ///
    /// @throws ServingException if it is none
    public Baseline parquet(byte[] file) {
        return read(() -> table(ParquetTable.rows(file)));
    }

    /// @param rows the names first
    private List<BaselineFeature> table(List<List<String>> rows) {
        List<String> names = rows.isEmpty() ? List.of() : rows.getFirst();
        checkFeatures(names.size());
        List<BaselineFeature> features = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            features.add(column(names.get(column), rows, column));
        }
        return features;
    }

    /// An array of NumPy, of one feature, or of as many columns as there are names.
    ///
    /// @throws ServingException if it is none
    public Baseline npy(byte[] file, List<String> names) {
        return read(() -> {
            NpyArray array = NpyArray.read(file);
            if (array.columns() != names.size()) {
                throw new IllegalArgumentException(
                        "%d columns and %d names (expected: as many)".formatted(array.columns(), names.size()));
            }
            List<BaselineFeature> features = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                features.add(numbers(names.get(i), array.column(i), 0));
            }
            return features;
        });
    }

    private static void checkFeatures(long count) {
        if (count > MOST_FEATURES) {
            throw new IllegalArgumentException("%d features (expected: <= %d)".formatted(count, MOST_FEATURES));
        }
    }

    private interface Reading {
        List<BaselineFeature> features();
    }

    private Baseline read(Reading reading) {
        try {
            List<BaselineFeature> features = reading.features();
            long rows = features.stream()
                    .mapToLong(feature -> feature.counts().total())
                    .max()
                    .orElse(0);
            return new Baseline(model, Baseline.Origin.UPLOADED, rows, nowMillis, features);
        } catch (IllegalArgumentException | JacksonException e) {
            throw ServingException.invalid("no baseline: " + e.getMessage());
        }
    }

    private BaselineFeature feature(JsonNode json) {
        String name = json.path("name").asString("");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a feature without a name (expected: one)");
        }
        if (json.path("samples").isArray()) {
            return samples(name, json.path("samples"));
        }
        if (json.path("edges").isArray() && json.path("counts").isArray()) {
            return FeatureSamples.histogram(
                    name, BaselineJson.doubles(json.path("edges")), BaselineJson.longs(json.path("counts")));
        }
        if (json.path("categories").isObject()) {
            Map<Category, Long> seen = new HashMap<>();
            for (Map.Entry<String, JsonNode> one : json.path("categories").properties()) {
                seen.put(category(name, one.getKey()), one.getValue().asLong());
            }
            return FeatureSamples.keys(name, seen, json.path("missing").asLong(0));
        }
        throw new IllegalArgumentException(
                "feature '%s' (expected: samples, edges and counts, or categories)".formatted(name));
    }

    private BaselineFeature samples(String name, JsonNode json) {
        long missing = 0;
        boolean numeric = true;
        List<String> texts = new ArrayList<>();
        for (JsonNode one : json) {
            if (one.isNull()) {
                missing++;
            } else {
                numeric &= one.isNumber();
                texts.add(one.asString());
            }
        }
        return values(name, texts, numeric, missing);
    }

    private BaselineFeature values(String name, List<String> texts, boolean numeric, long missing) {
        return numeric && kinds.apply(name) != Kind.TEXTS
                ? numbers(name, numbers(texts), missing)
                : texts(name, texts, missing);
    }

    private BaselineFeature column(String name, List<List<String>> rows, int column) {
        long missing = 0;
        List<String> texts = new ArrayList<>();
        for (List<String> row : rows.subList(1, rows.size())) {
            if (row.size() != rows.getFirst().size()) {
                throw new IllegalArgumentException("a row of %d values (expected: %d)"
                        .formatted(row.size(), rows.getFirst().size()));
            }
            if (row.get(column).isEmpty()) {
                missing++;
            } else {
                texts.add(row.get(column));
            }
        }
        return values(name, texts, texts.stream().allMatch(BaselineUpload::isNumber), missing);
    }

    private BaselineFeature numbers(String name, double[] values, long missing) {
        if (kinds.apply(name) != Kind.KEYS) {
            return FeatureSamples.numbers(name, values, missing);
        }
        List<Category> keys = Arrays.stream(values)
                .mapToObj(value -> Category.of((long) value))
                .toList();
        return FeatureSamples.keys(name, keys, missing);
    }

    private static BaselineFeature texts(String name, List<String> texts, long missing) {
        return FeatureSamples.keys(name, texts.stream().map(Category::of).toList(), missing);
    }

    /// Of a name in JSON, where all names are texts: whole numbers are meant as such, unless the feature is
    /// one of texts.
    private Category category(String name, String text) {
        return kinds.apply(name) != Kind.TEXTS && text.matches("-?\\d{1,18}")
                ? Category.of(Long.parseLong(text))
                : Category.of(text);
    }

    private static double[] numbers(List<String> texts) {
        return texts.stream().mapToDouble(Double::parseDouble).toArray();
    }

    private static boolean isNumber(String text) {
        try {
            Double.parseDouble(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
