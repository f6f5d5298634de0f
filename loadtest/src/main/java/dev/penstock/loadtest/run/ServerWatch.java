package dev.penstock.loadtest.run;

import dev.penstock.loadtest.target.ServerStatistics;
import dev.penstock.loadtest.target.ServerStatistics.Counts;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks at a server when the measured time begins and when it ends. CPU time is read at once, so that it is
/// that of the answers that came in between. The server is asked what it counted on threads of their own, as it
/// may be long in answering and whoever follows the load must not wait for it. Confined to the thread that runs
/// the load.
final class ServerWatch {
    private final Supplier<OptionalLong> cpuNanos;
    private final Supplier<Optional<Counts>> counts;
    private @Nullable Glance before;
    private @Nullable Glance after;

    private record Glance(OptionalLong cpuNanos, CompletableFuture<Optional<Counts>> counts) {
        ServerStatistics await() {
            return new ServerStatistics(counts.join(), cpuNanos);
        }
    }

    /// @param cpuNanos reads the CPU time of the server's process; returns at once
    /// @param counts asks the server; called on any thread
    ServerWatch(Supplier<OptionalLong> cpuNanos, Supplier<Optional<Counts>> counts) {
        this.cpuNanos = cpuNanos;
        this.counts = counts;
    }

    /// The measured time begins.
    void begin() {
        before = glance(CompletableFuture.completedFuture(Optional.empty()));
    }

    /// The measured time ends.
    void end() {
        after = glance(before == null ? CompletableFuture.completedFuture(Optional.empty()) : before.counts);
    }

    /// @param earlier a question that is answered first
    private Glance glance(CompletableFuture<Optional<Counts>> earlier) {
        OptionalLong cpu = cpuNanos.get();
        return new Glance(cpu, earlier.thenApplyAsync(_ -> counts.get(), Thread::startVirtualThread));
    }

    /// Waits for what the server said when the measured time began.
    ///
    /// @return null if it did not begin
    @Nullable
    ServerStatistics before() {
        return before == null ? null : before.await();
    }

    /// Waits for what the server said when the measured time ended.
    ///
    /// @return null if it did not end
    @Nullable
    ServerStatistics after() {
        return after == null ? null : after.await();
    }
}
