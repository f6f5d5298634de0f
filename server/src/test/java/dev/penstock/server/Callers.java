package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Threads that call over and over, each until its first failure, and say which version answered. Of one
/// thread.
final class Callers implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Caller> callers = new ArrayList<>();

    /// @param answered the versions that answered it; it waits when nobody looks
    /// @param calls done with their number
    private record Caller(BlockingQueue<String> answered, Future<Long> calls) {}

    /// @param call gives the version that answered, or throws
    void add(Callable<String> call) {
        BlockingQueue<String> answered = new ArrayBlockingQueue<>(4);
        callers.add(new Caller(answered, threads.submit(() -> repeat(call, answered))));
    }

    private long repeat(Callable<String> call, BlockingQueue<String> answered) throws Exception {
        long calls = 0;
        while (!over.get()) {
            answered.put(call.call());
            calls++;
        }
        return calls;
    }

    /// Waits until that version has answered each of them.
    ///
    /// @throws Exception if one of them failed
    void awaitAnswerFrom(String version) throws Exception {
        for (Caller caller : callers) {
            String answered = "";
            while (!version.equals(answered)) {
                String next = caller.answered().poll(100, TimeUnit.MILLISECONDS);
                answered = next == null ? "" : next;
                // So that no other waits to be heard meanwhile.
                for (Caller other : callers) {
                    if (!other.equals(caller)) {
                        other.answered().clear();
                    }
                }
                if (caller.calls().isDone()) {
                    // Only by a failure, which this throws.
                    long _ = caller.calls().get();
                }
            }
        }
    }

    /// Has them end.
    ///
    /// @throws Exception if one of them failed
    void finish() throws Exception {
        over.set(true);
        for (Caller caller : callers) {
            // Whoever waits to tell is let go on.
            while (!caller.calls().isDone()) {
                String _ = caller.answered().poll(1, TimeUnit.MILLISECONDS);
            }
            assertThat(caller.calls().get()).isPositive();
        }
    }

    @Override
    public void close() {
        over.set(true);
        threads.shutdownNow();
        threads.close();
    }
}
