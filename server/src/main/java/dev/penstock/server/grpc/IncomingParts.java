package dev.penstock.server.grpc;

import com.google.protobuf.MessageLite;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The messages of one upload on their way from the event loop to the thread that reads them. At most one
/// waits here: the next is asked for when that is taken, and until then the caller's window closes.
final class IncomingParts<Q extends MessageLite> {
    /// A caller that sends less in its time is too slow.
    static final long LEAST_BYTES = 64 * 1024;

    /// A message and the end.
    private static final int MAX_WAITING = 2;

    private final BlockingQueue<Part<Q>> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Runnable more;
    private final long patienceNanos;
    private final NanoClock clock;
    private volatile boolean abandoned;

    // Of the thread that reads.
    private long receivedBytes;
    private long notedBytes;
    private long waitedNanos;
    private boolean ended;

    private sealed interface Part<Q> {
        record Message<Q>(Q request) implements Part<Q> {}

        record End<Q>() implements Part<Q> {}
    }

    /// @param more asks the caller for one more message
    /// @param patience for each [#LEAST_BYTES], of the time that is spent waiting for them
    IncomingParts(Runnable more, Duration patience, NanoClock clock) {
        this.more = more;
        this.patienceNanos = patience.toNanos();
        this.clock = clock;
    }

    /// On the event loop.
    void offer(Q request) {
        // There is room, as no more was asked for than is taken.
        boolean _ = waiting.offer(new Part.Message<>(request));
    }

    /// All was sent. On the event loop.
    void complete() {
        boolean _ = waiting.offer(new Part.End<>());
    }

    /// The caller went away. On the event loop.
    void abandon() {
        abandoned = true;
        boolean _ = waiting.offer(new Part.End<>());
    }

    /// Waits for the next message.
    ///
    /// @return null after the last one
    /// @throws BrokenUpload if it does not come
    @Nullable
    Q next() throws BrokenUpload {
        if (ended) {
            return null;
        }
        Part<Q> part = await();
        if (abandoned) {
            throw new BrokenUpload(ErrorCode.CANCELLED, "the caller went away in the middle of the upload");
        }
        if (part == null) {
            throw new BrokenUpload(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "less than %d bytes of the upload arrived within %d s"
                            .formatted(LEAST_BYTES, TimeUnit.NANOSECONDS.toSeconds(patienceNanos)));
        }
        return switch (part) {
            case Part.Message<Q> message -> {
                count(message.request());
                more.run();
                yield message.request();
            }
            case Part.End<Q> _ -> {
                ended = true;
                yield null;
            }
        };
    }

    private @Nullable Part<Q> await() throws BrokenUpload {
        long beganNanos = clock.nanoTime();
        try {
            return waiting.poll(patienceNanos - waitedNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokenUpload(ErrorCode.CANCELLED, "interrupted");
        } finally {
            waitedNanos += clock.nanoTime() - beganNanos;
        }
    }

    private void count(Q request) {
        receivedBytes += request.getSerializedSize();
        if (receivedBytes - notedBytes >= LEAST_BYTES) {
            notedBytes = receivedBytes;
            waitedNanos = 0;
        }
    }
}
