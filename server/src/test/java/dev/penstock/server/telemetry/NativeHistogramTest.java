package dev.penstock.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import dev.penstock.core.ModelKey;
import dev.penstock.monitor.ServingStats;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a Prometheus that takes native histograms reads, field by field of its published message.
class NativeHistogramTest {
    /// As Prometheus asks when it scrapes native histograms.
    private static final String ACCEPT = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
            + "encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2,*/*;q=0.1";

    // io.prometheus.client.MetricFamily, Metric and Histogram.
    private static final int FAMILY_NAME = 1;
    private static final int FAMILY_METRIC = 4;
    private static final int METRIC_HISTOGRAM = 7;
    private static final int COUNT = 1;
    private static final int CLASSIC_BUCKET = 3;
    private static final int SCHEMA = 5;
    private static final int ZERO_THRESHOLD = 6;
    private static final int ZERO_COUNT = 7;
    private static final int POSITIVE_SPAN = 12;
    private static final int POSITIVE_DELTA = 13;

    @Test
    void latenciesAreNativeHistogramsOfAStandardSchema() throws Exception {
        ServingStats stats = new ServingStats();
        ModelKey key = new ModelKey("m", 1);
        stats.opened(key, 0);
        // Under a microsecond, and twice exactly a second, the bound of the bucket with index 0.
        stats.finished(key, null, 1, 0, 500);
        stats.finished(key, null, 1, 0, 1_000_000_000);
        stats.finished(key, null, 1, 0, 1_000_000_000);

        UnknownFieldSet total = histograms(stats, "penstock_request_duration_seconds").stream()
                .filter(one -> varint(one, ZERO_COUNT) == 1 && varint(one, COUNT) == 3)
                .findFirst()
                .orElseThrow();

        assertThat(signed(varint(total, SCHEMA))).isEqualTo(4);
        assertThat(Double.longBitsToDouble(
                        total.getField(ZERO_THRESHOLD).getFixed64List().getFirst()))
                .isEqualTo(0x1p-20);
        UnknownFieldSet span = UnknownFieldSet.parseFrom(
                total.getField(POSITIVE_SPAN).getLengthDelimitedList().getFirst());
        assertThat(signed(varint(span, 1))).as("offset of the first bucket").isZero();
        assertThat(varint(span, 2)).as("buckets").isEqualTo(1);
        assertThat(
                        total.getField(POSITIVE_DELTA).getLengthDelimitedList().isEmpty()
                                ? signed(total.getField(POSITIVE_DELTA)
                                        .getVarintList()
                                        .getFirst())
                                : signed(total.getField(POSITIVE_DELTA)
                                        .getLengthDelimitedList()
                                        .getFirst()
                                        .byteAt(0)))
                .isEqualTo(2);
        assertThat(total.getField(CLASSIC_BUCKET).getLengthDelimitedList()).hasSizeGreaterThan(40);
    }

    private static List<UnknownFieldSet> histograms(ServingStats stats, String name) throws IOException {
        List<UnknownFieldSet> found = new ArrayList<>();
        try (Telemetry telemetry = new Telemetry(stats, true, 100_000)) {
            Telemetry.Exposition exposition = telemetry.scrape(ACCEPT);
            assertThat(exposition.contentType()).startsWith("application/vnd.google.protobuf");
            byte[] page = new byte[exposition.body().remaining()];
            exposition.body().duplicate().get(page);
            ByteArrayInputStream in = new ByteArrayInputStream(page);
            while (in.available() > 0) {
                UnknownFieldSet.Builder family = UnknownFieldSet.newBuilder();
                family.mergeDelimitedFrom(in);
                if (text(family.build(), FAMILY_NAME).equals(name)) {
                    for (var metric : family.build().getField(FAMILY_METRIC).getLengthDelimitedList()) {
                        found.add(UnknownFieldSet.parseFrom(UnknownFieldSet.parseFrom(metric)
                                .getField(METRIC_HISTOGRAM)
                                .getLengthDelimitedList()
                                .getFirst()));
                    }
                }
            }
        }
        return found;
    }

    private static String text(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().getFirst().toStringUtf8();
    }

    private static long varint(UnknownFieldSet message, int field) {
        List<Long> values = message.getField(field).getVarintList();
        return values.isEmpty() ? 0 : values.getFirst();
    }

    /// A number of the types sint32 and sint64.
    private static long signed(long zigzag) {
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }
}
