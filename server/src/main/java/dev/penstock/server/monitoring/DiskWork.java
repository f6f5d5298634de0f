package dev.penstock.server.monitoring;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.SlowDiskException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What waits for the disk, in order, on a thread of its own. Thread-safe; nobody waits but who calls [#call]
/// or [#ask], and [#close], and those not for long.
final class DiskWork implements Executor, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DiskWork.class.getName());

    /// That waits at most: the hours of a day of ten versions.
    private static final int MOST_WAITING = 256;

    private static final Duration IDLE = Duration.ofSeconds(1);

    private final Duration patience;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            0,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("monitoring-disk").factory());

    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /// @param patience of whoever waits
    DiskWork(Duration patience) {
        this.patience = patience;
    }

    /// @throws RejectedExecutionException if too much waits already
    @Override
    public void execute(Runnable work) {
        thread.execute(work);
    }

    /// Waits until it is done, but not for ever; it goes on then.
    ///
    /// @throws ServingException if the work throws one, or too much waits already
    /// @throws SlowDiskException if it is not done yet
    /// @throws UncheckedIOException if it fails
    <T> T call(Work<T> work) {
        return await(work, "done it", "; it counts once it is done");
    }

    /// The same of what changes nothing.
    <T> T ask(Work<T> work) {
        return await(work, "answered", "");
    }

    private <T> T await(Work<T> work, String what, String then) {
        CompletableFuture<T> done = new CompletableFuture<>();
        try {
            execute(() -> run(work, done));
        } catch (RejectedExecutionException e) {
            throw new ServingException(
                    ErrorCode.OVERLOADED,
                    "%d others wait for the disk (expected: < %d)".formatted(MOST_WAITING, MOST_WAITING));
        }
        try {
            return done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            CompletableFuture<T> _ = done.whenComplete((_, why) -> failedLate(why));
            throw new SlowDiskException("the disk has not %s after %s%s".formatted(what, patience, then));
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("nobody waits for the disk any more", e));
        }
    }

    /// Of what somebody was told that it is still to come.
    private static void failedLate(@Nullable Throwable why) {
        if (why != null) {
            LOG.log(System.Logger.Level.WARNING, "what the disk was late with has failed", why);
        }
    }

    private static <T> void run(Work<T> work, CompletableFuture<T> done) {
        try {
            done.complete(work.run());
        } catch (IOException | RuntimeException | Error e) {
            done.completeExceptionally(e);
        }
    }

    private static RuntimeException failure(@Nullable Throwable why) {
        return why instanceof ServingException refused
                ? refused
                : new UncheckedIOException(why instanceof IOException failed ? failed : new IOException(why));
    }

    /// Takes no more, and waits for what is there.
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "hours and baselines are not written after {0}", patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
