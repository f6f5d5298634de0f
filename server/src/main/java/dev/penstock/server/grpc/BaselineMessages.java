package dev.penstock.server.grpc;

import com.google.protobuf.Timestamp;
import dev.penstock.server.monitoring.Baseline;
import java.time.Instant;
import java.util.Locale;

/// Baselines as messages of the admin API. Pure.
final class BaselineMessages {
    private BaselineMessages() {}

    static dev.penstock.proto.admin.Baseline of(Baseline baseline) {
        Instant created = Instant.ofEpochMilli(baseline.createdMillis());
        return dev.penstock.proto.admin.Baseline.newBuilder()
                .setId(baseline.id())
                .setModel(baseline.model())
                .setOrigin(baseline.origin().name().toLowerCase(Locale.ROOT))
                .setCreated(Timestamp.newBuilder()
                        .setSeconds(created.getEpochSecond())
                        .setNanos(created.getNano()))
                .setRows(baseline.rows())
                .addAllFeatures(baseline.names())
                .build();
    }
}
