package dev.penstock.loadtest.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// What the measured phase of a run brought. Every request that was due or begun in it is in exactly one of
/// [#succeeded()], [#errors()] and [#overflowed()].
///
/// @param plan what was done
/// @param elapsed how long requests were begun, also if the run was told to stop; of an extent counted in
///     requests,
/// until the last answer
/// @param succeeded answers with an OK status that are right as far as the plan checks
/// @param errors how many requests failed, by code: a gRPC status (`UNAVAILABLE`), an HTTP status (`HTTP
///     503`), or what the client saw: `TIMEOUT`, `CONNECTION_LOST`, `RESET` and its HTTP/2 code,
///     `PROTOCOL_ERROR`, `EMPTY_ANSWER`, `WRONG_ANSWER`, `STREAM_ERROR` (an error message inside a gRPC
///     stream), `STREAM_ENDED`, `UNFINISHED` (no answer when the timeout after the end of the run had passed)
/// @param rejected those of the errors by which a server says that it has too much to do:
///     `RESOURCE_EXHAUSTED` and `HTTP 429`
/// @param overflowed requests of an open loop that were due and never sent, as too many already waited
/// @param verified answers whose bytes were compared and found right
/// @param lostConnections how often a connection was lost or could not be made anew in the whole run, by why; a
///     server that cannot be reached is tried again every 50 ms on each of its connections
/// @param latency of what succeeded, in nanoseconds; in an open loop from the time it was due
/// @param rejectedLatency of what was rejected, likewise
/// @param sendLag in an open loop, from when each request that was sent was due to when it was sent, in
///     nanoseconds; empty otherwise
/// @param clientLag in an open loop, from when each request was due to when the client noticed, in nanoseconds:
///     what follows until it is sent is spent waiting for a free place in flight or for a connection, and is
///     the server's doing
/// @param placeWait in an open loop, how long requests waited from then on for a free place in flight, in
///     nanoseconds; not of those that found one at once, or waited while a connection was lost or being made
/// @param serviceTime of what succeeded, from when it was sent, in nanoseconds: without what waited in the client
/// @param busyShare of its time that the busiest thread could not have done more, 0 to 1: in an open loop all but
///     what it waited with nothing due and nothing to read, otherwise the CPU time that it used
/// @param generatorCpu CPU time of the engine's threads while requests were begun; an open loop spins while
///     it waits for times less than 2 ms away, so there it says nothing about the cost of a request
/// @param bytesSent over the sockets in that time
/// @param bytesReceived over the sockets in that time
/// @param windows the measured time cut into pieces
/// @param parts what was counted apart: by groups of payloads if there are any, by headers of answers if the plan
///     asks for that
public record LoadResult(
        LoadPlan plan,
        Duration elapsed,
        long succeeded,
        Map<String, Long> errors,
        long rejected,
        long overflowed,
        long verified,
        Map<String, Long> lostConnections,
        Histogram latency,
        Histogram rejectedLatency,
        Histogram sendLag,
        Histogram clientLag,
        Histogram placeWait,
        Histogram serviceTime,
        double busyShare,
        Duration generatorCpu,
        long bytesSent,
        long bytesReceived,
        List<LoadWindow> windows,
        List<LoadPart> parts) {
    public LoadResult {
        errors = Map.copyOf(errors);
        lostConnections = Map.copyOf(lostConnections);
        windows = List.copyOf(windows);
        parts = List.copyOf(parts);
    }

    /// How often a connection was lost or could not be made anew during the whole run.
    public long reconnects() {
        return lostConnections.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Failures of all kinds, rejections among them, overflow not.
    public long failed() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Right answers per second; in an open loop only those that came in the measured time, as what it offers
    /// is answered some time even if the server is too slow for it.
    public double perSecond() {
        long counted = plan.pacing() instanceof Pacing.Open
                ? windows.stream().mapToLong(LoadWindow::succeeded).sum()
                : succeeded;
        return (double) counted * 1e9 / (double) elapsed.toNanos();
    }

    /// Right answers per second that came within a time, in an open loop from when the request was due: after
    /// it they were worth nothing.
    public double perSecondWithin(Duration patience) {
        return (double) latency.getCountBetweenValues(0, patience.toNanos()) * 1e9 / (double) elapsed.toNanos();
    }

    /// Requests per second that were really sent, whatever became of them.
    public double sentPerSecond() {
        long sent = plan.pacing() instanceof Pacing.Open ? sendLag.getTotalCount() : succeeded + failed();
        return (double) sent * 1e9 / (double) elapsed.toNanos();
    }

    /// CPU time the engine took for each answer of whatever kind, in microseconds. See [#generatorCpu()].
    public double generatorMicrosPerRequest() {
        return (double) generatorCpu.toNanos() / 1e3 / (double) Math.max(1, succeeded + failed());
    }
}
