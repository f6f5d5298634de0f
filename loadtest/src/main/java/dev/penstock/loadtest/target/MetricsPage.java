package dev.penstock.loadtest.target;

import dev.penstock.loadtest.target.ServerStatistics.Counts;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a page of Prometheus metrics says about models: in this product's series, or in Triton's. Immutable.
final class MetricsPage {
    private static final Pattern SERIES = Pattern.compile("^(\\w+)(?:\\{(.*)})? +(\\S+)(?: +\\d+)?$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;

    private final String text;
    private final Collection<String> models;

    private MetricsPage(String text, Collection<String> models) {
        this.text = text;
        this.models = models;
    }

    /// @param models empty for all
    /// @return empty if the page says nothing about any model; a model that has not run yet has counted nothing
    static Optional<Counts> counts(String text, Collection<String> models) {
        MetricsPage page = new MetricsPage(text, models);
        if (text.contains("penstock_request_duration_seconds")) {
            return Optional.of(page.penstock());
        }
        return text.contains("nv_inference_exec_count") ? Optional.of(page.triton()) : Optional.empty();
    }

    private Counts penstock() {
        String duration = "penstock_request_duration_seconds";
        return new Counts(
                (long) sum(duration + "_count", "queue"),
                NANOS_PER_SECOND * sum(duration + "_sum", "queue"),
                (long) sum(duration + "_count", "inference"),
                NANOS_PER_SECOND * sum(duration + "_sum", "inference"),
                (long) sum("penstock_batch_size_sum", ""),
                (long) sum("penstock_batch_size_count", ""),
                Map.of());
    }

    private Counts triton() {
        long requests = (long) sum("nv_inference_request_success", "");
        double compute = sum("nv_inference_compute_input_duration_us", "")
                + sum("nv_inference_compute_infer_duration_us", "")
                + sum("nv_inference_compute_output_duration_us", "");
        return new Counts(
                requests,
                NANOS_PER_MICRO * sum("nv_inference_queue_duration_us", ""),
                requests,
                NANOS_PER_MICRO * compute,
                (long) sum("nv_inference_count", ""),
                (long) sum("nv_inference_exec_count", ""),
                Map.of());
    }

    /// @param phase that the series has to be of; empty for any
    private double sum(String name, String phase) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(SERIES::matcher)
                .filter(Matcher::matches)
                .filter(series -> series.group(1).equals(name))
                .filter(series -> labelled(series.group(2), "phase", phase::equals) || phase.isEmpty())
                .filter(series -> models.isEmpty() || labelled(series.group(2), "model", models::contains))
                .mapToDouble(series -> value(series.group(3)))
                .sum();
    }

    private static boolean labelled(String labels, String name, Predicate<String> value) {
        Matcher label = LABEL.matcher(labels == null ? "" : labels);
        while (label.find()) {
            if (label.group(1).equals(name)) {
                return value.test(label.group(2));
            }
        }
        return false;
    }

    private static double value(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            // NaN and Inf are no counts either.
            return 0;
        }
    }
}
