package dev.penstock.server.calls;

import dev.penstock.core.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Hands finished calls to one thread of its own, several at a time. What has no room is dropped and counted.
/// Thread-safe.
public final class CallQueue implements CallSink, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CallQueue.class.getName());

    /// What closing waits for the last calls to be written.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// How often a writer that wants it is told that there is nothing to write.
    private static final Duration IDLE = Duration.ofSeconds(1);

    /// Wakes the thread, so that it sees the end.
    private static final Object END = new Object();

    private final BlockingQueue<Object> queue;
    private final int batch;
    private final long lingerNanos;
    private final NanoClock clock;
    private final Writer writer;
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;
    private volatile boolean closing;

    /// Writes calls somewhere. Called on one thread, which it may block.
    public interface Writer {
        /// @return how many of them could not be written
        int write(List<FinishedCall> calls);

        /// Nothing was to be written for a while: at least for the queue's `linger`, at most for a second more.
        ///
        /// @return how many of those that were written before are lost all the same
        default int idle() {
            return 0;
        }

        /// There is not much time any more, as the queue ends. Called on any thread, while another call may
        /// be under way.
        default void ending() {}

        /// Whether [#idle] is wanted, so that the thread wakes for it.
        default boolean wantsIdle() {
            return false;
        }
    }

    /// Starts the thread.
    ///
    /// @param name of the thread
    /// @param room how many calls may wait
    /// @param batch how many are written at once at most
    /// @param linger how long the first of them waits for others at most
    public CallQueue(String name, int room, int batch, Duration linger, NanoClock clock, Writer writer) {
        this.queue = new ArrayBlockingQueue<>(room);
        this.batch = batch;
        this.lingerNanos = linger.toNanos();
        this.clock = clock;
        this.writer = writer;
        this.thread = Thread.ofPlatform().name(name).daemon(true).start(this::work);
    }

    @Override
    public void offer(FinishedCall call) {
        if (!queue.offer(call)) {
            dropped.increment();
        }
    }

    /// How many calls were lost, for want of room or because they could not be written.
    public long dropped() {
        return dropped.sum();
    }

    private void work() {
        List<FinishedCall> calls = new ArrayList<>(batch);
        try {
            while (!closing || !queue.isEmpty()) {
                collect(calls);
                write(calls);
                calls.clear();
            }
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, when it has waited long enough.
            dropped.add(calls.size());
        }
    }

    private void collect(List<FinishedCall> calls) throws InterruptedException {
        Object next = closing ? queue.poll() : first();
        long endNanos = clock.nanoTime() + lingerNanos;
        while (next instanceof FinishedCall call) {
            calls.add(call);
            if (calls.size() == batch) {
                return;
            }
            long restNanos = closing ? 0 : endNanos - clock.nanoTime();
            next = restNanos > 0 ? queue.poll(restNanos, TimeUnit.NANOSECONDS) : queue.poll();
        }
    }

    private @Nullable Object first() throws InterruptedException {
        return writer.wantsIdle() ? queue.poll(IDLE.toNanos(), TimeUnit.NANOSECONDS) : queue.take();
    }

    private void write(List<FinishedCall> calls) {
        int lost = calls.size();
        try {
            lost = calls.isEmpty() ? writer.idle() : writer.write(calls);
        } catch (RuntimeException | Error e) { // What comes later is to be written all the same.
            LOG.log(System.Logger.Level.WARNING, thread.getName() + ": writing " + calls.size() + " calls failed", e);
        }
        dropped.add(lost);
    }

    /// Writes what waits, for as long as that takes within reason.
    @Override
    public void close() {
        closing = true;
        wake();
        writer.ending();
        try {
            if (!thread.join(PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "{0}: {1} calls are lost", thread.getName(), queue.size());
                thread.interrupt();
                // Writing to what nobody reads cannot be interrupted; the process ends all the same.
                boolean _ = thread.join(PATIENCE);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("ReturnValueIgnored") // If it is full, the thread is awake.
    private void wake() {
        queue.offer(END);
    }
}
