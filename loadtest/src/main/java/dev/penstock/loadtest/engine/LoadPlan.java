package dev.penstock.loadtest.engine;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What to send, where, how and for how long.
///
/// @param target where the server listens; resolved
/// @param protocol how requests travel
/// @param payloads what is sent
/// @param order in which order
/// @param headers added to each request, in lower case
/// @param connections over all threads
/// @param streams per connection: concurrent calls (GRPC_UNARY), streams (GRPC_STREAM), always 1 for HTTP
/// @param inFlight per stream: always 1 for GRPC_UNARY, messages under way (GRPC_STREAM), pipelined requests
///     (HTTP)
/// @param pacing when requests are sent
/// @param extent how long the run goes on
/// @param timeout after which the client gives a request up, counting from when it was sent, and counts TIMEOUT
/// @param deadline after which an answer is worth nothing, counting from when the request was due (in an open
///     loop) or begun, and counts as DEADLINE_EXCEEDED; empty for none. What is past before it could be sent
///     is not sent and counts likewise. GRPC_UNARY tells the server what is left of it as grpc-timeout and
///     resets the call when it has passed; HTTP closes the connection, and what was pipelined on it counts as
///     CONNECTION_LOST; GRPC_STREAM, whose answers come in order, waits for the late one
/// @param verifyEvery of how many answers one is compared byte for byte, beside the first ones; needs
///     payloads with a check
/// @param window how long each piece of the measured time is that is told while the run goes on
/// @param breakdown names of answers' headers, in lower case, whose values are counted apart; none with
///     GRPC_STREAM, where headers are the stream's and say nothing about an answer
/// @param threads that send and receive; connections are spread over them
/// @param seed of what headers draw by chance, see [Payload#withHeaders]
public record LoadPlan(
        InetSocketAddress target,
        Protocol protocol,
        List<Payload> payloads,
        PayloadOrder order,
        Map<String, String> headers,
        int connections,
        int streams,
        int inFlight,
        Pacing pacing,
        Extent extent,
        Duration timeout,
        Optional<Duration> deadline,
        int verifyEvery,
        Duration window,
        List<String> breakdown,
        int threads,
        long seed) {
    private static final int MAX_PLACES = 1 << 20;
    private static final Duration MIN_WINDOW = Duration.ofMillis(1);
    private static final int MAX_HEADERS = 16;

    public LoadPlan {
        payloads = List.copyOf(payloads);
        headers = HeaderNames.checked(headers);
        breakdown = HeaderNames.checked(breakdown);
        check(!target.isUnresolved(), "target", target, "a resolved address");
        check(!payloads.isEmpty(), "payloads", 0, "at least one");
        check(connections >= 1, "connections", connections, ">= 1");
        check(streams >= 1, "streams", streams, ">= 1");
        check(inFlight >= 1, "inFlight", inFlight, ">= 1");
        check(protocol != Protocol.HTTP || streams == 1, "streams", streams, "1 with HTTP");
        check(protocol != Protocol.GRPC_UNARY || inFlight == 1, "inFlight", inFlight, "1 with GRPC_UNARY");
        check(
                (long) connections * streams * inFlight <= MAX_PLACES,
                "connections * streams * inFlight",
                (long) connections * streams * inFlight,
                "<= " + MAX_PLACES);
        long paths = payloads.stream().map(Payload::path).distinct().count();
        check(protocol != Protocol.GRPC_STREAM || paths == 1, "paths of payloads", paths, "1 with GRPC_STREAM");
        check(timeout.isPositive(), "timeout", timeout, "positive");
        check(deadline.isEmpty() || deadline.get().isPositive(), "deadline", deadline, "positive");
        check(verifyEvery >= 1, "verifyEvery", verifyEvery, ">= 1");
        check(window.compareTo(MIN_WINDOW) >= 0, "window", window, ">= " + MIN_WINDOW);
        check(breakdown.size() <= MAX_HEADERS, "breakdown", breakdown.size() + " headers", "<= " + MAX_HEADERS);
        check(
                protocol != Protocol.GRPC_STREAM || breakdown.isEmpty(),
                "breakdown",
                breakdown,
                "none with GRPC_STREAM, whose answers have no headers of their own");
        check(
                protocol != Protocol.GRPC_STREAM || !varies(headers, payloads),
                "headers with {n} or {unit:K}",
                "some",
                "none with GRPC_STREAM, where headers are the stream's");
        if (order instanceof PayloadOrder.Weighted(var weights)) {
            Set<String> groups = payloads.stream().map(Payload::group).collect(Collectors.toUnmodifiableSet());
            check(
                    groups.equals(weights.keySet()),
                    "weights",
                    weights.keySet(),
                    "for the groups of payloads, " + groups);
        }
        check(threads >= 1 && threads <= connections, "threads", threads, "1 to the number of connections");
    }

    private static boolean varies(Map<String, String> headers, List<Payload> payloads) {
        return Stream.concat(Stream.of(headers), payloads.stream().map(Payload::headers))
                .flatMap(all -> all.values().stream())
                .anyMatch(value -> VaryingValue.of(value).varies());
    }

    private static void check(boolean right, String name, Object value, String expected) {
        if (!right) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /// How many requests can be under way at a time.
    public int places() {
        return connections * streams * inFlight;
    }

    /// A plan of one request at a time on one connection, for a second after as long a warm-up, to be widened.
    public static Builder to(InetSocketAddress target, Protocol protocol, List<Payload> payloads) {
        return new Builder(target, protocol, payloads);
    }

    /// The same plan, to be changed.
    public Builder but() {
        Builder builder = new Builder(target, protocol, payloads);
        builder.order = order;
        builder.headers = headers;
        builder.connections = connections;
        builder.streams = streams;
        builder.inFlight = inFlight;
        builder.pacing = pacing;
        builder.extent = extent;
        builder.timeout = timeout;
        builder.deadline = deadline;
        builder.verifyEvery = verifyEvery;
        builder.window = window;
        builder.breakdown = breakdown;
        builder.threads = threads;
        builder.seed = seed;
        return builder;
    }

    /// Collects the parts of a plan. Not thread safe.
    public static final class Builder {
        private final InetSocketAddress target;
        private final Protocol protocol;
        private List<Payload> payloads;
        private PayloadOrder order = new PayloadOrder.InTurn();
        private Map<String, String> headers = Map.of();
        private int connections = 1;
        private int streams = 1;
        private int inFlight = 1;
        private Pacing pacing = new Pacing.ClosedLoop();
        private Extent extent = new Extent.During(Duration.ofSeconds(1), Duration.ofSeconds(1));
        private Duration timeout = Duration.ofSeconds(30);
        private Optional<Duration> deadline = Optional.empty();
        private int verifyEvery = 1024;
        private Duration window = Duration.ofSeconds(1);
        private List<String> breakdown = List.of();
        private int threads = 1;
        private long seed = 1;

        private Builder(InetSocketAddress target, Protocol protocol, List<Payload> payloads) {
            this.target = target;
            this.protocol = protocol;
            this.payloads = payloads;
        }

        public Builder payloads(List<Payload> value) {
            payloads = value;
            return this;
        }

        public Builder order(PayloadOrder value) {
            order = value;
            return this;
        }

        public Builder headers(Map<String, String> value) {
            headers = value;
            return this;
        }

        public Builder connections(int value) {
            connections = value;
            return this;
        }

        public Builder streams(int value) {
            streams = value;
            return this;
        }

        public Builder inFlight(int value) {
            inFlight = value;
            return this;
        }

        public Builder pacing(Pacing value) {
            pacing = value;
            return this;
        }

        public Builder extent(Extent value) {
            extent = value;
            return this;
        }

        public Builder timeout(Duration value) {
            timeout = value;
            return this;
        }

        public Builder deadline(Duration value) {
            deadline = Optional.of(value);
            return this;
        }

        public Builder verifyEvery(int value) {
            verifyEvery = value;
            return this;
        }

        public Builder window(Duration value) {
            window = value;
            return this;
        }

        public Builder breakdown(List<String> value) {
            breakdown = value;
            return this;
        }

        public Builder threads(int value) {
            threads = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /// @throws IllegalArgumentException naming the part that cannot be
        public LoadPlan build() {
            return new LoadPlan(
                    target,
                    protocol,
                    payloads,
                    order,
                    headers,
                    connections,
                    streams,
                    inFlight,
                    pacing,
                    extent,
                    timeout,
                    deadline,
                    verifyEvery,
                    window,
                    breakdown,
                    threads,
                    seed);
        }
    }
}
