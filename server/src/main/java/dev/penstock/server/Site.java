package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.monitor.ServingStats;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.telemetry.Telemetry;
import java.time.Duration;

/// What each part of the server is made with. For the thread that makes them.
///
/// @param processors that the process may use
/// @param lifecycle gets what is to be closed, in the order in which it is opened
/// @param tick between two looks at rollouts
record Site(
        ServerConfig config,
        NanoClock clock,
        int processors,
        Lifecycle lifecycle,
        ServingStats stats,
        Telemetry telemetry,
        Duration tick) {
    static Site of(ServerConfig config, NanoClock clock, Lifecycle lifecycle, Duration tick) {
        ServingStats stats = new ServingStats();
        Telemetry telemetry = lifecycle.own(new Telemetry(
                stats,
                config.ports().metrics().tritonNames(),
                config.ports().metrics().maxSeries()));
        return new Site(config, clock, Runtime.getRuntime().availableProcessors(), lifecycle, stats, telemetry, tick);
    }
}
