package dev.penstock.server.telemetry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.monitor.ServingStats;
import dev.penstock.router.AliasTarget;
import dev.penstock.server.calls.CallQueue;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Notes answered calls as examples once a collector has their traces, so that none leads nowhere. Confined to
/// the thread of its [CallQueue]; whoever answers requests has nothing to do with it.
final class TracedCalls implements CallQueue.Writer {
    private final CallQueue.Writer export;
    private final ServingStats stats;
    private final NanoClock clock;
    private final InstantSource time;

    /// @param export stays the caller's
    TracedCalls(CallQueue.Writer export, ServingStats stats, NanoClock clock, InstantSource time) {
        this.export = export;
        this.stats = stats;
        this.clock = clock;
        this.time = time;
    }

    @Override
    public int write(List<FinishedCall> calls) {
        int lost = export.write(calls);
        if (lost == 0) {
            long nowNanos = clock.nanoTime();
            long nowMillis = time.millis();
            for (FinishedCall call : calls) {
                note(
                        call,
                        nowMillis
                                - TimeUnit.NANOSECONDS.toMillis(
                                        nowNanos - call.times().endNanos()));
            }
        }
        return lost;
    }

    /// What never ran has no phases: it failed, or came from the cache.
    private void note(FinishedCall call, long unixMillis) {
        CallTimes times = call.times();
        boolean ran = times.startNanos() != CallTimes.UNKNOWN
                && times.runNanos() != CallTimes.UNKNOWN
                && times.ranNanos() != CallTimes.UNKNOWN;
        if (call.failure() == null && ran && call.version() > 0) {
            stats.traced(
                    new ModelKey(model(call.model()), call.version()),
                    times.runNanos() - times.startNanos(),
                    times.ranNanos() - times.runNanos(),
                    call.trace().traceId(),
                    unixMillis);
        }
    }

    /// Without the alias by which it was called.
    private static String model(String called) {
        int at = called.indexOf(AliasTarget.SEPARATOR);
        return at < 0 ? called : called.substring(0, at);
    }
}
