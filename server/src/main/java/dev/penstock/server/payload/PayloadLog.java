package dev.penstock.server.payload;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.router.RequestTap;
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

    /// Of a record, beside its tensors.
    private static final int OVERHEAD_BYTES = 1024;

    private final Sampling sampling;
    private final List<String> headers;
    private final ByteRoom room;
    private final NanoClock clock;
    private final InstantSource time;
    private final LongAdder kept = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final @Nullable RecordQueue files;
    private final @Nullable RecordQueue events;

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
        this.room = new ByteRoom(settings.queueBytes());
        this.clock = clock;
        this.time = time;
        this.server = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        List<RedactionRule> rules =
                settings.redact().stream().map(RedactionRule::parse).toList();
        Redactor redactor = new Redactor(rules, key);
        PayloadFolder folder = settings.folder().isEmpty() ? null : folder(settings);
        files = folder == null ? null : new RecordQueue("payload-files", folder, redactor, clock);
        events = settings.sink().isEmpty()
                ? null
                : new RecordQueue(
                        "payload-events",
                        new EventSink(settings.sink().get(), source, settings.sinkHeaders()),
                        redactor,
                        clock);
    }

    private PayloadFolder folder(PayloadSettings settings) throws IOException {
        PayloadFolder.Limits limits =
                new PayloadFolder.Limits(settings.fileBytes(), settings.fileAge(), settings.totalBytes());
        return new PayloadFolder(settings.folder().orElseThrow(), settings.format(), limits, server, time);
    }

    @Override
    public ReplySink around(InferenceRequest request, ReplySink sink) {
        Ratio ratio = sampling.of(Capture.modelOf(request.model()));
        if (ratio.share() == 0) {
            return sink;
        }
        byte[] id = request.id().getBytes(StandardCharsets.UTF_8);
        if (!takes(ratio, id, id.length)) {
            return sink;
        }
        try {
            return new KeptRequest(Capture.of(this, request, sink), request.model(), sink);
        } catch (RuntimeException | OutOfMemoryError e) {
            lost(e);
            return sink;
        }
    }

    /// Whatever goes wrong here, the request goes on.
    private void lost(Throwable cause) {
        dropped.increment();
        LOG.log(System.Logger.Level.DEBUG, "a request could not be kept", cause);
    }

    @Override
    public @Nullable FastTap of(String model) {
        Ratio ratio = sampling.of(model);
        return ratio.share() == 0 ? null : (call, layout) -> around(ratio, call, layout);
    }

    private FastCall around(Ratio ratio, FastCall call, Layout layout) {
        if (!takes(ratio, call.id(), call.idLength())) {
            return call;
        }
        try {
            return new KeptCall(Capture.of(this, call, layout), call, layout);
        } catch (RuntimeException | OutOfMemoryError e) {
            lost(e);
            return call;
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

    /// Whether a copy of so many bytes has room now; later it may have none.
    boolean hasRoom(long bytes) {
        boolean fits = room.tryTake(bytes + OVERHEAD_BYTES);
        if (fits) {
            room.give(bytes + OVERHEAD_BYTES);
        }
        return fits;
    }

    /// A request was to be kept, and was not.
    void dropped() {
        dropped.increment();
    }

    void offer(PayloadRecord record) {
        long bytes = OVERHEAD_BYTES;
        for (PayloadTensor tensor : record.inputs()) {
            bytes += tensor.data().remaining();
        }
        for (PayloadTensor tensor : record.outputs()) {
            bytes += tensor.data().remaining();
        }
        if (!room.tryTake(bytes)) {
            dropped.increment();
            return;
        }
        kept.increment();
        List<RecordQueue> queues = queues();
        HeldRecord held = new HeldRecord(record, room, bytes, queues.size());
        queues.forEach(queue -> queue.offer(held));
    }

    private List<RecordQueue> queues() {
        List<RecordQueue> queues = new ArrayList<>(2);
        if (files != null) {
            queues.add(files);
        }
        if (events != null) {
            queues.add(events);
        }
        return queues;
    }

    /// What became of the requests that were to be kept.
    ///
    /// @param kept copied, and handed on
    /// @param dropped for want of room
    /// @param written to files
    /// @param unwritten by files, as they could not be written
    /// @param sent to the sink
    /// @param unsent as the sink did not take them
    public record Counts(long kept, long dropped, long written, long unwritten, long sent, long unsent) {}

    public Counts counts() {
        return new Counts(
                kept.sum(),
                dropped.sum(),
                files == null ? 0 : files.written(),
                files == null ? 0 : files.failed(),
                events == null ? 0 : events.written(),
                events == null ? 0 : events.failed());
    }

    /// What waits to be written holds so much.
    public long waitingBytes() {
        return room.held();
    }

    /// Writes what waits, within reason, and ends the file. After the doors.
    @Override
    public void close() {
        queues().forEach(RecordQueue::close);
    }
}
