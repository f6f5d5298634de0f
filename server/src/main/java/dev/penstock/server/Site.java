package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.monitor.ServingStats;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.telemetry.Telemetry;

/// What each part of the server is made with. For the thread that makes them.
///
/// @param processors that the process may use
/// @param lifecycle gets what is to be closed, in the order in which it is opened
record Site(
        ServerConfig config,
        NanoClock clock,
        int processors,
        Lifecycle lifecycle,
        ServingStats stats,
        Telemetry telemetry) {
    static Site of(ServerConfig config, NanoClock clock, Lifecycle lifecycle) {
        ServingStats stats = new ServingStats();
        Telemetry telemetry = lifecycle.own(new Telemetry(
                stats,
                config.ports().metrics().tritonNames(),
                config.ports().metrics().maxSeries()));
        return new Site(config, clock, Runtime.getRuntime().availableProcessors(), lifecycle, stats, telemetry);
    }
}
