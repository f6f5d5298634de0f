package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import java.util.concurrent.CompletableFuture;

/// A sink that a test can wait for. A second outcome fails the test that looks at it.
final class RecordedOutcome implements ReplySink {
    final CompletableFuture<InferenceReply> reply = new CompletableFuture<>();
    volatile boolean abandoned;

    /// What was told of its run, or nothing.
    volatile String ran = "";

    /// Done before an answer is noted.
    volatile Runnable whenAnswered = () -> {};

    @Override
    public void resolved(ModelKey key) {}

    @Override
    public void ran(int rows, int runRows, long startedNanos, long endedNanos) {
        ran = "%d of %d rows from %d to %d".formatted(rows, runRows, startedNanos, endedNanos);
    }

    @Override
    public void reply(InferenceReply outcome) {
        whenAnswered.run();
        if (!reply.complete(outcome)) {
            reply.obtrudeException(new AssertionError("a second outcome"));
        }
    }

    @Override
    public void fail(ErrorCode code, String message) {
        if (!reply.completeExceptionally(new ServingException(code, message))) {
            reply.obtrudeException(new AssertionError("a second outcome"));
        }
    }

    @Override
    public boolean abandoned() {
        return abandoned;
    }
}
