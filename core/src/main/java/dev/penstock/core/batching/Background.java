package dev.penstock.core.batching;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Work that keeps a processor busy for long and that no request waits for: reading, hashing, loading and trying out
/// models.
///
/// Each piece has a thread of its own, for as long as it takes. A thread cannot be made less nice again without
/// rights that servers do not have, and what it starts inherits how nice it is; so neither the thread that asks nor
/// one that lives on may become so.
///
/// What is behind all others gets nothing where others never rest. A piece that cannot begin soon is therefore done
/// by a thread that is as nice as those that run models: who asks for more than a server can do is to get new models
/// as well.
public final class Background {
    /// Longer than most busy spells of a server that is not asked for too much.
    private static final long PATIENCE_MILLIS = 200;

    private Background() {}

    /// Does it behind whatever else wants a processor, and waits for it. An interrupt reaches the work, and it is for
    /// the work to end. Blocks.
    ///
    /// @param name of its thread
    /// @param work throws what this throws; starts no threads that outlive it
    public static <T> T call(String name, Supplier<T> work) {
        return call(name, work, Niceness::inBackground, PATIENCE_MILLIS);
    }

    /// The same.
    ///
    /// @param behind puts a thread behind all others before what it does
    /// @param patienceMillis in which the work has to begin there
    static <T> T call(String name, Supplier<T> work, UnaryOperator<Runnable> behind, long patienceMillis) {
        Piece<T> piece = new Piece<>(work);
        Waiter waiter = new Waiter();
        Thread first = Thread.ofPlatform().name(name).start(behind.apply(piece));
        waiter.join(first, patienceMillis);
        boolean starved = first.isAlive() && piece.claim();
        // What finds its work taken ends by itself, whenever that is.
        waiter.join(starved ? Thread.ofPlatform().name(name).start(Niceness.nicely(piece::work)) : first, 0);
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

        void end() {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Run by whichever thread claims it; asked by another when that has ended.
    private static final class Piece<T> implements Runnable {
        private final Supplier<T> work;
        private final AtomicBoolean claimed = new AtomicBoolean();
        private @Nullable Supplier<T> outcome;

        Piece(Supplier<T> work) {
            this.work = work;
        }

        /// @return whether nobody else has it
        boolean claim() {
            return claimed.compareAndSet(false, true);
        }

        @Override
        public void run() {
            if (claim()) {
                work();
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
