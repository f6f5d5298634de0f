package dev.penstock.server.grpc;

import dev.penstock.core.ModelName;
import dev.penstock.core.ServingException;
import dev.penstock.proto.admin.Order;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.RegisterOrder.Content;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.upload.ReceivedFiles;
import dev.penstock.server.wire.HeaderText;
import java.util.Map;
import java.util.TreeMap;

/// What callers of the admin API may ask for. Pure; all throw [ServingException] for what they may not.
final class AdminOrders {
    private AdminOrders() {}

    static String model(String name) {
        if (!ModelName.isValid(name)) {
            throw ServingException.invalid(
                    "model: '%s' (expected: 1 to 255 bytes of UTF-8 without '/', '\\', '@' and control characters)"
                            .formatted(HeaderText.quote(name)));
        }
        return name;
    }

    static long version(long number) {
        if (number <= 0) {
            throw ServingException.invalid("version: %d (expected: > 0)".formatted(number));
        }
        return number;
    }

    static void check(Order order) {
        model(order.getModel());
        if (order.getVersion() < 0) {
            throw ServingException.invalid(
                    "version: %d (expected: > 0, or 0 for the next one)".formatted(order.getVersion()));
        }
        ReceivedFiles.checkSha256(order.getSha256(), "sha256");
        for (Map.Entry<String, Double> metric :
                order.getLineage().getMetricsMap().entrySet()) {
            if (!Double.isFinite(metric.getValue())) {
                throw ServingException.invalid("lineage.metrics['%s']: %s (expected: a finite number)"
                        .formatted(HeaderText.quote(metric.getKey()), metric.getValue()));
            }
        }
    }

    static RegisterOrder order(Order order, Content content) {
        return new RegisterOrder(
                order.getModel(),
                order.getVersion(),
                content,
                order.getAliasesList(),
                lineage(order.getLineage()),
                order.getConfig(),
                order.getPolicy(),
                order.getSignature(),
                order.getBreaking(),
                order.getDryRun());
    }

    private static Lineage lineage(dev.penstock.proto.admin.Lineage lineage) {
        return new Lineage(
                lineage.getGitCommit(),
                lineage.getDataVersion(),
                lineage.getTrainingRun(),
                lineage.getAuthor(),
                new TreeMap<>(lineage.getMetricsMap()),
                new TreeMap<>(lineage.getLabelsMap()));
    }
}
