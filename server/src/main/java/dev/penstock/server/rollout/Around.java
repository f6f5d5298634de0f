package dev.penstock.server.rollout;

import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.routing.PublishedRoutes;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.store.RolloutRecord;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What rollouts need of the server.
///
/// @param admin null on a server without a record, where nothing is rolled out
/// @param server its name among those that share a record
/// @param up for pauses and silence; what is recorded has `time`
/// @param ids another one each time
public record Around(
        RouteRecords records,
        RouteAdmin routes,
        PublishedRoutes published,
        Sight sight,
        Catalog catalog,
        @Nullable ModelAdmin admin,
        Gates gates,
        Teller teller,
        String server,
        InstantSource time,
        Uptime up,
        Supplier<String> ids) {
    /// Whether this server drives that rollout.
    boolean drives(RolloutRecord rollout) {
        return rollout.owner().equals(server);
    }
}
