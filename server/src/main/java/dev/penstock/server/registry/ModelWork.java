package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.NanoClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A few threads that work on models, each model by one of them at a time; what fails is tried again, later and
/// later, and at once if somebody asks. Owns its threads, which [#end] ends. Thread-safe.
final class ModelWork {
    private static final System.Logger LOG = System.getLogger(ModelWork.class.getName());

    /// How a piece of work ended.
    sealed interface Outcome {}

    record Done() implements Outcome {}

    record Failed() implements Outcome {}

    /// To be looked at again.
    record Later(long afterNanos) implements Outcome {}

    /// Works on one model. Blocks.
    @FunctionalInterface
    interface Task {
        Outcome work(String model);
    }

    private final String name;
    private final Task task;
    private final NanoClock clock;
    private final List<Thread> threads = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final WorkList list;

    @GuardedBy("lock")
    private boolean closed;

    /// @param name of its threads
    ModelWork(String name, int threads, RetryDelays delays, NanoClock clock, Task task) {
        this.name = name;
        this.task = task;
        this.clock = clock;
        this.list = new WorkList(delays, () -> ThreadLocalRandom.current().nextDouble());
        for (int i = 0; i < threads; i++) {
            this.threads.add(Thread.ofPlatform().name(name + "-" + i).unstarted(this::run));
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /// Has it worked on as soon as can be, whatever happened before.
    void want(String model) {
        lock.lock();
        try {
            list.want(model, clock.nanoTime());
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Has it worked on, unless that is to be done already.
    void add(String model) {
        lock.lock();
        try {
            list.add(model, clock.nanoTime());
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// What is to be done already is to be done as soon as can be.
    void hurry(String model) {
        lock.lock();
        try {
            if (list.has(model)) {
                list.want(model, clock.nanoTime());
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (String model = take(); model != null; model = take()) {
            Outcome outcome = new Failed();
            try {
                outcome = task.work(model);
            } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, name + " failed at model " + model, e);
            } finally {
                ended(model, outcome);
            }
        }
    }

    /// @return null if there is nothing more to do
    private @Nullable String take() {
        lock.lock();
        try {
            while (!closed) {
                long nowNanos = clock.nanoTime();
                String model = list.take(nowNanos);
                if (model != null) {
                    return model;
                }
                await(list.untilNanos(nowNanos));
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // take() loops
    @GuardedBy("lock")
    private void await(long nanos) {
        try {
            if (nanos == WorkList.NEVER) {
                changed.await();
            } else {
                boolean _ = changed.await(nanos, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            // Only end() does that, and has said so; or it was meant for work that is over.
        }
    }

    private void ended(String model, Outcome outcome) {
        lock.lock();
        try {
            long nowNanos = clock.nanoTime();
            switch (outcome) {
                case Done() -> list.done(model, nowNanos);
                case Failed() -> list.failed(model, nowNanos);
                case Later(long afterNanos) -> list.later(model, afterNanos, nowNanos);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Has the threads end, interrupting what they do, and waits for none of them.
    ///
    /// @return the threads
    List<Thread> end() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        threads.forEach(Thread::interrupt);
        return List.copyOf(threads);
    }
}
