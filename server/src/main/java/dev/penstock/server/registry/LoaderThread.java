package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The one thread that loads, publishes and closes models, and its queue. Any thread may hand work in.
final class LoaderThread implements Executor {
    private static final System.Logger LOG = System.getLogger(LoaderThread.class.getName());
    private static final int MAX_CALLS = 64;

    // Its queue is bounded by what puts work there: a task for each model and each closing, and these slots.
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("model-loader").factory());
    private final Semaphore callSlots = new Semaphore(MAX_CALLS);

    /// Runs it when its turn comes. What it throws is logged, and the next task runs.
    ///
    /// @throws RejectedExecutionException after [#end]
    @Override
    public void execute(Runnable task) {
        thread.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, "a task of the model loader failed", e);
            }
        });
    }

    /// Runs it when its turn comes and waits for what it returns or throws.
    ///
    /// @throws ServingException also if too many wait already, or after [#end]
    <T> T call(Supplier<T> task) {
        return call(task, _ -> {});
    }

    /// The same.
    ///
    /// @param unclaimed gets what it returns if nobody waits for that any more
    @SuppressWarnings("FutureReturnValueIgnored")
    <T> T call(Supplier<T> task, Consumer<? super T> unclaimed) {
        if (!callSlots.tryAcquire()) {
            throw new ServingException(
                    ErrorCode.OVERLOADED, "%d calls wait for the model loader already".formatted(MAX_CALLS));
        }
        try {
            CompletableFuture<T> outcome = submit(task);
            try {
                return await(outcome);
            } catch (ServingException e) {
                outcome.thenAccept(unclaimed);
                throw e;
            }
        } finally {
            callSlots.release();
        }
    }

    /// @throws ServingException after [#end]
    <T> CompletableFuture<T> submit(Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(task, thread);
        } catch (RejectedExecutionException e) {
            throw stopping();
        }
    }

    /// Waits for it. Blocks.
    static <T> T await(CompletableFuture<T> outcome) {
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServingException(ErrorCode.CANCELLED, "interrupted while waiting for the model loader");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ServingException failure) {
                throw failure;
            }
            LOG.log(System.Logger.Level.ERROR, "a call to the model loader failed", e.getCause());
            throw new ServingException(ErrorCode.INTERNAL, "the model loader failed; see the log");
        }
    }

    static ServingException stopping() {
        return new ServingException(ErrorCode.NOT_READY, "Server is stopping, models are not loaded any more");
    }

    /// Takes no more work; the thread ends when it has done what it has.
    void end() {
        thread.shutdown();
    }
}
