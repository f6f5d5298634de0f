package dev.penstock.server.config;

import static dev.penstock.server.config.ValueKinds.integer;

import java.time.Duration;

/// What answering may take: threads, queues and memory. In the order in which people are shown them.
final class WorkKeys {
    static final KeyGroup GROUP = new KeyGroup();

    static final Key<Integer> WORKERS = GROUP.key(
            "workers", integer("N", 0, 1024), "0", "Threads that run models; 0 is one per processor available.");

    static final Key<Integer> IO_THREADS = GROUP.key(
            "io-threads",
            integer("N", 0, 1024),
            "0",
            "Threads that read and write the network, for REST and for gRPC each; 0 is half the processors, at most"
                    + " 4.");

    static final Key<Duration> INLINE_BUDGET = GROUP.time(
            "inline-budget",
            "50us",
            "Models with a faster run of one row are run by the threads that read their requests; 0s is none.");

    static final Key<Integer> QUEUE_MAX_REQUESTS = GROUP.key(
            "queue.max-requests",
            integer("N", 1, 10_000_000),
            "1000",
            "Requests of one model that may wait for a worker; more are refused at once.");

    static final Key<Long> QUEUE_MAX_BYTES = GROUP.bytes(
            "queue.max-bytes",
            "64MiB",
            "Bytes of the inputs that may wait for one model, unless it is one request, and as many of answers that are put together from several runs; more is refused at once.");

    static final Key<Long> IN_FLIGHT_MAX_BYTES = GROUP.bytes(
            "in-flight.max-bytes",
            "0",
            "Memory for requests under way and answers not yet read, of REST and gRPC together; 0 is a quarter of the"
                    + " JVM's.");

    static final Key<Long> MEMORY_BUDGET = GROUP.key(
            "memory.budget",
            ByteSize.amountOrAuto(),
            "auto",
            "Memory for all models together; what does not fit is not loaded. auto is what the machine or container has"
                    + " beside the JVM's heap and a margin; 0 is no limit.");

    static final Key<Boolean> ON_DEMAND_REGISTERED = GROUP.key(
            "on-demand.registered",
            ValueKinds.BOOL,
            "false",
            "Load registered models when they are first asked for, unless their configuration says otherwise.");

    static final Key<Integer> ON_DEMAND_MAX_WAITING = GROUP.room(
            "on-demand.max-waiting",
            "1000",
            "Requests that may wait for models to be loaded; more are refused at once.");

    static final Key<Duration> ON_DEMAND_MAX_WAIT = GROUP.time(
            "on-demand.max-wait",
            "60s",
            "How long a request without an earlier deadline waits for its model to be loaded.");

    static final Key<Long> RESPONSE_CACHE_MAX_BYTES = GROUP.bytes(
            "response-cache.max-bytes",
            "64MiB",
            "Memory for the answers of all models with a response cache together; 0 keeps none.");

    static final Key<Duration> RESPONSE_CACHE_TTL = GROUP.time(
            "response-cache.ttl",
            "0s",
            "How long an answer is given again, unless its model says; 0s is as long as there is room.");

    private WorkKeys() {}
}
