package dev.penstock.loadtest.target;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// What a caller may say about a server beside its address.
///
/// @param timeout of each question asked beside the load
/// @param metrics the page of its Prometheus metrics, for servers without the statistics extension
/// @param pid of its process on this machine; empty to look for who listens on its port
public record TargetOptions(Duration timeout, Optional<URI> metrics, OptionalLong pid) {
    public static final TargetOptions DEFAULT =
            new TargetOptions(Duration.ofSeconds(10), Optional.empty(), OptionalLong.empty());

    /// @param page `http://HOST:PORT/metrics`
    public TargetOptions metrics(URI page) {
        return new TargetOptions(timeout, Optional.of(page), pid);
    }

    public TargetOptions pid(long value) {
        return new TargetOptions(timeout, metrics, OptionalLong.of(value));
    }

    public TargetOptions timeout(Duration value) {
        return new TargetOptions(value, metrics, pid);
    }
}
