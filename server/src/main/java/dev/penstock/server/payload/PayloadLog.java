package dev.penstock.server.payload;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.batching.Offer;
import dev.penstock.router.RequestTap;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.server.calls.Ratio;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.fast.Layout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Takes a copy of a share of the requests, and of what they are answered, and hands it to those who write it.
/// Thread-safe; never blocks, but for [#close].
public final class PayloadLog implements RequestTap, FastTap.Source, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PayloadLog.class.getName());

    private final Sampling sampling;
    private final List<String> headers;
    private final NanoClock clock;
    private final InstantSource time;
    private final LongAdder kept = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final @Nullable RecordQueue files;
    private final @Nullable RecordQueue events;

    /// Both, as far as they are there.
    private final List<RecordQueue> queues = new ArrayList<>(2);

    /// Requests without an id are told apart by this and a number.
    private final String server;

    private final AtomicLong numbers = new AtomicLong();

    /// Starts what writes.
    ///
    /// @param key of hashes, at least one byte
    /// @param source what events say they come from
    /// @throws IOException if the folder cannot be had
    public PayloadLog(PayloadSettings settings, byte[] key, String source, NanoClock clock, InstantSource time)
            throws IOException {
        this.sampling = Sampling.of(settings.share(), settings.models());
        this.headers = settings.headers();
        this.clock = clock;
        this.time = time;
        this.server = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        List<RedactionRule> rules =
                settings.redact().stream().map(RedactionRule::parse).toList();
        Redactor redactor = new Redactor(rules, key);
        PayloadFolder folder = settings.folder().isEmpty() ? null : folder(settings);
        // One that takes nothing is not to be in the other's way: each has its part.
        int destinations = (folder == null ? 0 : 1) + (settings.sink().isEmpty() ? 0 : 1);
        long bytes = settings.queueBytes() / Math.max(1, destinations);
        files = folder == null ? null : new RecordQueue("payload-files", folder, redactor, new ByteRoom(bytes), clock);
        events = settings.sink().isEmpty()
                ? null
                : new RecordQueue(
                        "payload-events",
                        new EventSink(settings.sink().get(), source, settings.sinkHeaders()),
                        redactor,
                        new ByteRoom(bytes),
                        clock);
        if (files != null) {
            queues.add(files);
        }
        if (events != null) {
            queues.add(events);
        }
    }

    private PayloadFolder folder(PayloadSettings settings) throws IOException {
        RecordFolder.Limits limits =
                new RecordFolder.Limits(settings.fileBytes(), settings.fileAge(), settings.totalBytes());
        return new PayloadFolder(settings.folder().orElseThrow(), settings.format(), limits, server, time);
    }

    @Override
    public ReplySink around(InferenceRequest request, @Nullable BoundRoute route, ReplySink sink) {
        Ratio ratio = sampling.of(Capture.modelOf(request.model()));
        if (ratio.share() == 0) {
            return sink;
        }
        try {
            byte[] id = request.id().getBytes(StandardCharsets.UTF_8);
            Capture capture = takes(ratio, id, id.length) ? Capture.of(this, request, sink) : null;
            return capture == null ? sink : new KeptRequest(capture, request.model(), sink);
        } catch (RuntimeException | OutOfMemoryError e) {
            lost(e);
            return sink;
        }
    }

    @Override
    public void untaken(ReplySink sink) {
        if (sink instanceof KeptRequest kept) {
            kept.untaken();
        }
    }

    /// Whatever goes wrong here, the request goes on.
    void lost(Throwable cause) {
        dropped.increment();
        LOG.log(System.Logger.Level.DEBUG, "a request could not be kept", cause);
    }

    @Override
    public @Nullable FastTap of(String model) {
        Ratio ratio = sampling.of(model);
        return ratio.share() == 0 ? null : new Tap(ratio);
    }

    /// Of the requests to one model.
    private final class Tap implements FastTap {
        private final Ratio ratio;

        Tap(Ratio ratio) {
            this.ratio = ratio;
        }

        @Override
        public FastCall around(FastCall call, Layout layout) {
            if (!takes(ratio, call.id(), call.idLength())) {
                return call;
            }
            try {
                Capture capture = Capture.of(PayloadLog.this, call, layout);
                return capture == null ? call : new KeptCall(capture, call, layout);
            } catch (RuntimeException | OutOfMemoryError e) {
                lost(e);
                return call;
            }
        }

        @Override
        public void untaken(FastCall call) {
            if (call instanceof KeptCall kept) {
                kept.untaken();
            }
        }

        @Override
        public void refused(FastCall call, Offer answer) {
            if (call instanceof KeptCall kept) {
                kept.refused(answer);
            }
        }
    }

    private boolean takes(Ratio ratio, byte[] id, int length) {
        return length == 0 ? ratio.takes(ThreadLocalRandom.current().nextLong()) : Sampling.takes(ratio, id, length);
    }

    @Override
    public List<String> headers() {
        return headers;
    }

    NanoClock clock() {
        return clock;
    }

    InstantSource time() {
        return time;
    }

    String newId() {
        return server + "-" + numbers.incrementAndGet();
    }

    /// Takes room for a request, from now until it is written.
    ///
    /// @return null if there is none, which is counted
    @Nullable
    Reservation reserve(long bytes) {
        Reservation reservation = Reservation.of(queues, bytes);
        if (reservation == null) {
            dropped.increment();
        }
        return reservation;
    }

    /// A request was to be kept, and was not.
    void dropped() {
        dropped.increment();
    }

    void hand(Reservation reservation, PayloadRecord record) {
        reservation.hand(record);
        kept.increment();
    }

    /// What became of the requests that were to be kept.
    ///
    /// @param kept copied, and handed on to files, the sink or both
    /// @param dropped as neither had room
    /// @param written to files
    /// @param unwritten by files, as they could not be written
    /// @param fileless as the files had no room
    /// @param sent to the sink
    /// @param unsent as the sink did not take them
    /// @param sinkless as the sink had no room
    public record Counts(
            long kept,
            long dropped,
            long written,
            long unwritten,
            long fileless,
            long sent,
            long unsent,
            long sinkless) {}

    public Counts counts() {
        return new Counts(
                kept.sum(),
                dropped.sum(),
                files == null ? 0 : files.written(),
                files == null ? 0 : files.failed(),
                files == null ? 0 : files.dropped(),
                events == null ? 0 : events.written(),
                events == null ? 0 : events.failed(),
                events == null ? 0 : events.dropped());
    }

    /// What is under way and what waits to be written holds so much; for both destinations, twice.
    public long waitingBytes() {
        return queues.stream().mapToLong(RecordQueue::heldBytes).sum();
    }

    /// Writes what waits, within reason, and ends the file. After the doors.
    @Override
    public void close() {
        queues.forEach(RecordQueue::close);
    }
}
