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
        if (histogram.getTotalCount() > 0) {
            json.put("min_micros", micros(histogram.getMinValue()));
            json.put("mean_micros", histogram.getMean() / 1e3);
            json.put("p50_micros", micros(histogram.getValueAtPercentile(50)));
            json.put("p90_micros", micros(histogram.getValueAtPercentile(90)));
            json.put("p95_micros", micros(histogram.getValueAtPercentile(95)));
            json.put("p99_micros", micros(histogram.getValueAtPercentile(99)));
            json.put("p999_micros", micros(histogram.getValueAtPercentile(99.9)));
            json.put("p9999_micros", micros(histogram.getValueAtPercentile(99.99)));
            json.put("max_micros", micros(histogram.getMaxValue()));
        }
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

    private static double micros(long nanos) {
        return (double) nanos / 1e3;
    }
}
