package dev.penstock.server.config;

import java.time.Duration;
import java.util.List;

/// How the server ends. In the order in which people are shown them.
public final class ShutdownKeys {
    static final KeyGroup GROUP = new KeyGroup();

    public static final Key<Duration> DRAIN_DELAY = GROUP.time(
            "shutdown.drain-delay",
            "5s",
            "How long to go on serving after SIGTERM, not ready, until load balancers have noticed.");

    static final Key<Duration> DRAIN_TIMEOUT = GROUP.declared(new Key<>(
            "shutdown.drain-timeout",
            TimeSpan.KIND,
            "30s",
            "How long the requests in flight may then take to finish.",
            List.of(new Alias("--exit-timeout-secs", "s"))));

    private ShutdownKeys() {}
}
