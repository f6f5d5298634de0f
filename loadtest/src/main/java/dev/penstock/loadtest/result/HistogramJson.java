package dev.penstock.loadtest.result;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Histograms of nanoseconds in JSON: numbers for people and scripts, and all of it in HdrHistogram's
/// own compressed coding, which its libraries for other languages read too.
final class HistogramJson {
    private HistogramJson() {}

    static ObjectNode of(Histogram histogram) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("count", histogram.getTotalCount());
        boolean empty = histogram.getTotalCount() == 0;
        put(json, "min_micros", empty ? Double.NaN : (double) histogram.getMinValue() / 1e3);
        put(json, "mean_micros", empty ? Double.NaN : histogram.getMean() / 1e3);
        put(json, "p50_micros", micros(histogram, 50));
        put(json, "p90_micros", micros(histogram, 90));
        put(json, "p95_micros", micros(histogram, 95));
        put(json, "p99_micros", micros(histogram, 99));
        put(json, "p999_micros", micros(histogram, 99.9));
        put(json, "p9999_micros", micros(histogram, 99.99));
        put(json, "max_micros", empty ? Double.NaN : (double) histogram.getMaxValue() / 1e3);
        return json.put("hdr", encoded(histogram));
    }

    static Histogram parse(JsonField field) {
        JsonField text = field.at("hdr");
        Histogram histogram;
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text.text()));
            histogram = Histogram.decodeFromCompressedByteBuffer(bytes, 0);
        } catch (IllegalArgumentException
                | DataFormatException
                | IndexOutOfBoundsException
                | BufferUnderflowException e) {
            throw text.wrong("an HdrHistogram, compressed, in base64");
        }
        long count = field.at("count").whole(0);
        if (count != histogram.getTotalCount()) {
            throw field.at("count").wrong(histogram.getTotalCount() + ", as many as the histogram beside it has");
        }
        return histogram;
    }

    private static String encoded(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        bytes.flip();
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    /// @param percentile 0 to 100
    /// @return NaN if it is empty
    static double micros(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? Double.NaN : (double) nanos.getValueAtPercentile(percentile) / 1e3;
    }

    /// What is not a finite number is null, as JSON has no word for it.
    static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name);
        }
    }
}
