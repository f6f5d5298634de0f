package dev.penstock.server.payload;

import dev.penstock.core.NanoClock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Hands records to one destination, on a thread of its own. Not bounded itself: what waits here holds a part
/// of a [ByteRoom]. Thread-safe.
final class RecordQueue implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RecordQueue.class.getName());

    /// What closing waits for the last records to be written.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LinkedTransferQueue<Object> waiting = new LinkedTransferQueue<>();

    /// Wakes the thread, so that it sees the end.
    private static final Object END = new Object();

    private final Destination destination;
    private final Redactor redactor;
    private final LongAdder written = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final NanoClock clock;
    private final Thread thread;
    private volatile boolean closing;

    /// Whether the last record could not be written: that is said once.
    private boolean failing;

    /// Where records go. Called on one thread, which it may block.
    interface Destination extends AutoCloseable {
        /// How often [#tick] is called at least.
        Duration TICK = Duration.ofSeconds(1);

        void write(PayloadRecord record) throws IOException;

        /// Some time has passed, and nothing else is to be done.
        default void tick() throws IOException {}

        @Override
        void close() throws IOException;
    }

    /// Starts the thread.
    ///
    /// @param destination closed on that thread when this is closed
    RecordQueue(String name, Destination destination, Redactor redactor, NanoClock clock) {
        this.destination = destination;
        this.redactor = redactor;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name(name).daemon(true).start(this::work);
    }

    /// Any thread; does not block. Nothing is to be offered once this is closed.
    void offer(HeldRecord held) {
        waiting.add(held);
    }

    long written() {
        return written.sum();
    }

    long failed() {
        return failed.sum();
    }

    private void work() {
        try {
            long tickNanos = clock.nanoTime();
            while (!closing || !waiting.isEmpty()) {
                Object next = waiting.poll(Destination.TICK.toNanos(), TimeUnit.NANOSECONDS);
                if (next instanceof HeldRecord held) {
                    write(held);
                }
                if (clock.nanoTime() - tickNanos >= Destination.TICK.toNanos()) {
                    tickNanos = clock.nanoTime();
                    boolean _ = attempt(destination::tick);
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, when it has waited long enough.
            failed.add(waiting.size());
        } finally {
            boolean _ = attempt(destination::close);
        }
    }

    private void write(HeldRecord held) throws InterruptedException {
        boolean done = false;
        try {
            PayloadRecord redacted = redactor.redact(held.record());
            done = attempt(() -> destination.write(redacted));
            failing = !done;
        } catch (RuntimeException | Error e) { // What comes later is to be written all the same.
            LOG.log(System.Logger.Level.WARNING, "writing a record failed", e);
        } finally {
            held.done();
            (done ? written : failed).increment();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private boolean attempt(Action action) {
        try {
            action.run();
            return true;
        } catch (IOException | RuntimeException e) { // Libraries throw both for a full disk.
            if (!failing) {
                failing = true;
                LOG.log(System.Logger.Level.WARNING, "the payload log cannot write to " + destination, e);
            }
            return false;
        }
    }

    /// Writes what waits, for as long as that takes within reason.
    @Override
    public void close() {
        closing = true;
        waiting.add(END);
        try {
            if (!thread.join(PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "{0}: {1} records are lost", thread.getName(), waiting.size());
                thread.interrupt();
                boolean _ = thread.join(PATIENCE);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
