package dev.penstock.core.batching;

import dev.penstock.core.NanoClock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Work that keeps a processor busy for long and that no request waits for: reading, hashing, loading and
/// trying out models.
///
/// Each piece has a thread of its own, for as long as it takes. A thread cannot be made less nice again
/// without rights that servers do not have, and what it starts inherits how nice it is; so neither the thread
/// that asks nor one that lives on may become so.
///
/// What is behind all others gets nothing, or next to it, where others never rest. A thread there therefore
/// spends some milliseconds of a processor before it takes its piece on; where it does not get them soon, the
/// piece is done by a thread that is as nice as those that run models: who asks for more than a server can do
/// is to get new models as well.
public final class Background {
    /// Longer than most busy spells of a server that is not asked for too much.
    private static final long PATIENCE_MILLIS = 200;

    /// What a thread has to get of a processor before it takes work on: a new one gets its first microseconds
    /// anywhere.
    private static final long TRIAL_NANOS = 2_000_000;

    private Background() {}

    /// Starts a thread that lives behind whatever else wants a processor, and gets nothing where others never
    /// rest.
    ///
    /// @param work starts no threads that outlive it
    public static Thread start(String name, Runnable work) {
        return Thread.ofPlatform().name(name).daemon(true).start(Niceness.inBackground(work));
    }

    /// Does it behind whatever else wants a processor, and waits for it. An interrupt reaches the work, and
    /// it is for the work to end. Blocks.
    ///
    /// @param name of its thread
    /// @param work throws what this throws; starts no threads that outlive it
    public static <T> T call(String name, Supplier<T> work) {
        return call(name, work, Niceness::inBackground, PATIENCE_MILLIS, NanoClock::ofThisThread);
    }

    /// The same.
    ///
    /// @param behind puts a thread behind all others before what it does
    /// @param patienceMillis in which the work has to begin there; 0 for as long as it takes
    /// @param clocks gives a thread the clock that tells for how long it had a processor
    static <T> T call(
            String name,
            Supplier<T> work,
            UnaryOperator<Runnable> behind,
            long patienceMillis,
            Supplier<NanoClock> clocks) {
        Piece<T> piece = new Piece<>(work, clocks);
        Waiter waiter = new Waiter();
        Thread first = Thread.ofPlatform().name(name).start(behind.apply(piece));
        waiter.join(first, patienceMillis);
        boolean starved = first.isAlive() && piece.claim();
        // What finds its work taken ends by itself, whenever that is.
        Thread second = starved ? Thread.ofPlatform().name(name).start(Niceness.nicely(piece::work)) : first;
        if (starved) {
            waiter.passOn(second);
        }
        waiter.join(second, 0);
        waiter.end();
        return piece.outcome();
    }

    /// The same, of what gives nothing.
    public static void run(String name, Runnable work) {
        Boolean _ = call(name, () -> {
            work.run();
            return true;
        });
    }

    /// Waits for threads, not for futures: who completes one may start the thread that runs what waits for it.
    private static final class Waiter {
        private boolean interrupted;

        /// @param millis 0 for as long as it takes
        void join(Thread thread, long millis) {
            while (thread.isAlive()) {
                try {
                    thread.join(millis);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                    thread.interrupt();
                }
            }
        }

        /// Has work that was handed over know what its first thread was told.
        void passOn(Thread thread) {
            if (interrupted) {
                thread.interrupt();
            }
        }

        void end() {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Run by whichever thread claims it; asked by another when that has ended.
    private static final class Piece<T> implements Runnable {
        private final Supplier<T> work;
        private final Supplier<NanoClock> clocks;
        private final AtomicBoolean claimed = new AtomicBoolean();
        private @Nullable Supplier<T> outcome;

        Piece(Supplier<T> work, Supplier<NanoClock> clocks) {
            this.work = work;
            this.clocks = clocks;
        }

        /// @return whether nobody else has it
        boolean claim() {
            return claimed.compareAndSet(false, true);
        }

        @Override
        public void run() {
            tryOut();
            if (claim()) {
                work();
            }
        }

        /// Keeps a processor busy until it had enough of it, or somebody else has the work.
        private void tryOut() {
            NanoClock clock = clocks.get();
            long begunNanos = clock.nanoTime();
            while (!claimed.get() && clock.nanoTime() - begunNanos < TRIAL_NANOS) {
                Thread.onSpinWait();
            }
        }

        void work() {
            try {
                T result = work.get();
                outcome = () -> result;
            } catch (RuntimeException e) {
                outcome = () -> {
                    throw e;
                };
            } catch (Error e) { // For whoever asked to deal with.
                outcome = () -> {
                    throw e;
                };
            }
        }

        T outcome() {
            if (outcome == null) {
                throw new IllegalStateException("work in the background has not ended");
            }
            return outcome.get();
        }
    }
}
