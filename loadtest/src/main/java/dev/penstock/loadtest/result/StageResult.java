package dev.penstock.loadtest.result;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/// What one load on one server brought, after its warm-up. Histograms are in nanoseconds, not copied,
/// and nobody's to change.
///
/// @param name unique in its test, such as `500/s` or `concurrency 8`
/// @param load in words: `open loop, 500/s, Poisson`
/// @param offeredPerSecond requests per second that were due; NaN in a closed loop
/// @param concurrency the most requests that may be under way
/// @param settings that this stage changed in the server, by name; empty but in a sweep
/// @param elapsed the measured time
/// @param succeeded right answers
/// @param errors failures by code, rejections among them
/// @param rejected those of the errors by which the server says that it has too much to do
/// @param overflowed requests that were due and never sent
/// @param verified answers whose values were compared
/// @param latency of right answers; of an open loop from when each request was due
/// @param sendLag of an open loop, from when a request was due to when it was sent
/// @param rejectedLatency of rejections
/// @param windows in their order, all of the measured time
/// @param steadiness whether it had come to rest
/// @param validity whether the client was fast enough for this to be about the server
/// @param client what it cost the client
/// @param server what the server says about itself; empty if it says nothing
/// @param parts by `model`, `version`, `arm` and so on, see [Part#kind()]; all requests of one kind
///     together are all requests
public record StageResult(
        String name,
        String load,
        double offeredPerSecond,
        int concurrency,
        Map<String, String> settings,
        Duration elapsed,
        long succeeded,
        Map<String, Long> errors,
        long rejected,
        long overflowed,
        long verified,
        Histogram latency,
        Histogram sendLag,
        Histogram rejectedLatency,
        List<Window> windows,
        Steadiness steadiness,
        Validity validity,
        ClientUse client,
        Optional<ServerUse> server,
        List<Part> parts) {
    public StageResult {
        settings = Map.copyOf(settings);
        errors = Map.copyOf(errors);
        windows = List.copyOf(windows);
        parts = List.copyOf(parts);
    }

    /// Failures of all kinds; what was never sent is not among them.
    public long failed() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Right answers per second; of an open loop only those that came in the measured time, as what it offers
    /// is answered some time even if the server is too slow for it.
    public double perSecond() {
        long counted = Double.isNaN(offeredPerSecond)
                ? succeeded
                : windows.stream().mapToLong(Window::succeeded).sum();
        return (double) counted * 1e9 / (double) elapsed.toNanos();
    }

    /// The part of all requests that were due and have no right answer, 0 to 1.
    public double errorShare() {
        long all = succeeded + failed() + overflowed;
        return all == 0 ? 0 : (double) (failed() + overflowed) / (double) all;
    }

    /// @param percentile 0 to 100
    /// @return NaN if there was no right answer
    public double latencyMicros(double percentile) {
        return HistogramJson.micros(latency, percentile);
    }
}
