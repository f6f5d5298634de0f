package dev.penstock.server.rest;

import dev.penstock.monitor.quality.Metric;
import dev.penstock.server.feedback.Quality;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/// Writes how good a version is: what labels say, and apart from that what is to be expected without them. What
/// cannot be said is left out. Pure.
final class QualityJson {
    private static final long MINUTE_MILLIS = 60_000;
    private static final double HALF = 0.5;
    private static final double MOST = 0.9;

    private QualityJson() {}

    static void write(JsonGenerator json, Quality quality) {
        json.writeStartObject()
                .writeStringProperty("model", quality.key().name())
                .writeNumberProperty("version", quality.key().version())
                .writeStringProperty("window", quality.window())
                .writeStringProperty("from", instant(quality.fromMinute()))
                .writeStringProperty("to", instant(quality.toMinute()));
        if (quality.task() != null) {
            json.writeStringProperty("task", lower(quality.task()));
        }
        json.writeStringProperty("status", lower(quality.status()))
                .writeNumberProperty("predictions", quality.predictions())
                .writeNumberProperty("labels", quality.counts().labels())
                .writeNumberProperty("rewards", quality.counts().rewards());
        number(json, "coverage", quality.coverage());
        json.writeObjectPropertyStart("labelDelay")
                .writeNumberProperty("n", quality.delays().total());
        number(json, "p50Seconds", quality.delays().quantileSeconds(HALF));
        number(json, "p90Seconds", quality.delays().quantileSeconds(MOST));
        json.writeEndObject();
        if (quality.baseline() != null) {
            json.writeObjectPropertyStart("baseline")
                    .writeNumberProperty("labels", quality.baseline().labels())
                    .writeNumberProperty("right", quality.baseline().right())
                    .writeEndObject();
        }
        number(json, "target", quality.target());
        metrics(json, "realised", quality.realised());
        json.writeNumberProperty("estimatedRows", quality.estimatedRows());
        metrics(json, "estimated", quality.estimated());
        confusion(json, quality.counts().cells(quality.classes()));
        json.writeEndObject();
    }

    private static void metrics(JsonGenerator json, String name, List<Metric> metrics) {
        json.writeObjectPropertyStart(name);
        for (Metric metric : metrics) {
            json.writeObjectPropertyStart(metric.name());
            number(json, "value", metric.value());
            number(json, "lower", metric.lower());
            number(json, "upper", metric.upper());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /// A row for each predicted class, in it a column for each label.
    private static void confusion(JsonGenerator json, long[] cells) {
        int classes = (int) Math.round(Math.sqrt((double) cells.length));
        json.writeArrayPropertyStart("confusion");
        for (int predicted = 0; predicted < classes; predicted++) {
            json.writeStartArray();
            for (int label = 0; label < classes; label++) {
                json.writeNumber(cells[predicted * classes + label]);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void number(JsonGenerator json, String name, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(name, value);
        }
    }

    private static String instant(long minute) {
        return Instant.ofEpochMilli(minute * MINUTE_MILLIS).toString();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
