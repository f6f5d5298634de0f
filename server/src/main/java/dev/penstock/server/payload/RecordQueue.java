package dev.penstock.server.payload;

import dev.penstock.core.NanoClock;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Hands records to one destination, on a thread of its own. What waits here holds a part of its [ByteRoom], so
/// that a destination that takes nothing is in nobody's way but its own. Thread-safe.
final class RecordQueue implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RecordQueue.class.getName());

    /// What closing waits for the last records to be written.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LinkedTransferQueue<Object> waiting = new LinkedTransferQueue<>();

    /// Wakes the thread, so that it sees the end.
    private static final Object END = new Object();

    private final Destination destination;
    private final Redactor redactor;
    private final ByteRoom room;
    private final NanoClock clock;
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;
    private volatile boolean closing;

    /// Written by the thread alone, as all that follows.
    private volatile long written;

    private volatile long failed;

    /// Records that the destination took, and that it did not.
    private long accepted;

    private long refused;

    /// Whether something failed since records were last written for good: that is said once.
    private boolean failing;

    /// Where records go. Called on one thread, which it may block.
    interface Destination extends AutoCloseable {
        /// About how often [#tick] is called.
        Duration TICK = Duration.ofSeconds(1);

        /// Takes a record, or throws and has not.
        void write(PayloadRecord record) throws IOException;

        /// Some time has passed. Called between records, however many there are.
        default void tick() throws IOException {}

        /// There is not much time any more, as the queue ends. Called on any thread, while others may be
        /// under way.
        default void ending() {}

        /// Records that were taken and may yet be lost.
        default long unsettled() {
            return 0;
        }

        /// Records that were taken and are lost.
        default long lost() {
            return 0;
        }

        @Override
        void close() throws IOException;
    }

    /// Starts the thread.
    ///
    /// @param destination closed on that thread when this is closed
    /// @param room of records on their way to it
    RecordQueue(String name, Destination destination, Redactor redactor, ByteRoom room, NanoClock clock) {
        this.destination = destination;
        this.redactor = redactor;
        this.room = room;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name(name).daemon(true).start(this::work);
    }

    /// Takes room for a record, or for more of one, and counts it as dropped if there is none.
    boolean tryTake(long bytes) {
        boolean fits = room.tryTake(bytes);
        if (!fits) {
            dropped.increment();
        }
        return fits;
    }

    /// Gives back what no record was offered with.
    void give(long bytes) {
        room.give(bytes);
    }

    /// Any thread; does not block. Nothing is to be offered once this is closed.
    ///
    /// @param held whose bytes were taken; given back from here
    void offer(HeldRecord held) {
        waiting.add(held);
    }

    long written() {
        return written;
    }

    long failed() {
        return failed;
    }

    long dropped() {
        return dropped.sum();
    }

    long heldBytes() {
        return room.held();
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
                    count();
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, when it has waited long enough.
            lose();
        } finally {
            boolean _ = attempt(destination::close);
            count();
        }
    }

    private void write(HeldRecord held) throws InterruptedException {
        boolean done = false;
        try {
            done = attempt(() -> destination.write(redactor.redact(held.record())));
        } finally {
            room.give(held.bytes());
            accepted += done ? 1 : 0;
            refused += done ? 0 : 1;
            count();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void count() {
        long lost = destination.lost();
        long settled = accepted - destination.unsettled() - lost;
        if (settled > written) {
            failing = false;
            written = settled;
        }
        failed = refused + lost;
    }

    private void lose() {
        long before = refused;
        for (Object next = waiting.poll(); next != null; next = waiting.poll()) {
            if (next instanceof HeldRecord held) {
                room.give(held.bytes());
                refused++;
            }
        }
        LOG.log(System.Logger.Level.WARNING, "{0} was to end: {1} records are lost", destination, refused - before);
    }

    private interface Action {
        void run() throws IOException;
    }

    private boolean attempt(Action action) {
        try {
            action.run();
            return true;
        } catch (IOException | RuntimeException | Error e) { // What comes later is to be written all the same.
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
        destination.ending();
        try {
            if (!thread.join(PATIENCE)) {
                thread.interrupt();
                if (!thread.join(PATIENCE)) {
                    LOG.log(System.Logger.Level.WARNING, "{0} does not end", thread.getName());
                }
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
