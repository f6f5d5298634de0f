package dev.penstock.core.batching;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Work that keeps a processor busy for long and that no request waits for: reading, hashing, loading and trying out
/// models.
///
/// Each piece has a thread of its own, for as long as it takes. A thread cannot be made less nice again without
/// rights that servers do not have, and what it starts inherits how nice it is; so neither the thread that asks nor
/// one that lives on may become so.
public final class Background {
    private Background() {}

    /// Does it behind whatever else wants a processor, and waits for it. An interrupt reaches the work, and it is for
    /// the work to end. Blocks.
    ///
    /// @param name of its thread
    /// @param work throws what this throws; starts no threads that outlive it
    public static <T> T call(String name, Supplier<T> work) {
        Piece<T> piece = new Piece<>(work);
        Thread thread = Thread.ofPlatform().name(name).start(Niceness.inBackground(piece));
        boolean interrupted = false;
        // Not a future: who completes one may start the thread that runs what waits for it.
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return piece.outcome();
    }

    /// The same, of what gives nothing.
    public static void run(String name, Runnable work) {
        Boolean _ = call(name, () -> {
            work.run();
            return true;
        });
    }

    /// Run by one thread; asked by another when that has ended.
    private static final class Piece<T> implements Runnable {
        private final Supplier<T> work;
        private @Nullable Supplier<T> outcome;

        Piece(Supplier<T> work) {
            this.work = work;
        }

        @Override
        public void run() {
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
