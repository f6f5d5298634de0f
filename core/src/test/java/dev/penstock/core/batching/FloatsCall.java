package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A request of some floats, one per row. A second outcome fails the test that looks at it.
final class FloatsCall implements RowsCall {
    final CompletableFuture<float[]> answer = new CompletableFuture<>();
    final AtomicReference<@Nullable BatchOutputs> kept = new AtomicReference<>();
    volatile boolean abandoned;

    /// Whether the outputs stay unreleased until [#releaseKept].
    volatile boolean keeps;

    /// Done while the answer is given.
    volatile Runnable whenAnswered = () -> {};

    /// Done before rows are copied.
    volatile Runnable whenCopied = () -> {};

    private int caller;
    private long timeoutNanos;
    private final float[] values;
    private final long deadlineNanos;

    private FloatsCall(long deadlineNanos, float... values) {
        this.deadlineNanos = deadlineNanos;
        this.values = values;
    }

    static FloatsCall of(float... values) {
        return new FloatsCall(Lane.NO_DEADLINE, values);
    }

    static FloatsCall until(long deadlineNanos, float... values) {
        return new FloatsCall(deadlineNanos, values);
    }

    FloatsCall by(int who) {
        caller = who;
        return this;
    }

    FloatsCall waitingAtMost(long nanos) {
        timeoutNanos = nanos;
        return this;
    }

    @Override
    public long timeoutNanos() {
        return timeoutNanos;
    }

    @Override
    public int caller() {
        return caller;
    }

    @Override
    public int rows() {
        return values.length;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public boolean abandoned() {
        return abandoned;
    }

    @Override
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
        whenCopied.run();
        for (int i = 0; i < rowCount; i++) {
            Native.ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, toAddress + (long) i * Float.BYTES, values[firstRow + i]);
        }
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Native.ALL.get(
                    ValueLayout.JAVA_FLOAT_UNALIGNED, outputs.address(0) + (long) (firstRow + i) * Float.BYTES);
        }
        if (keeps) {
            kept.set(outputs);
        } else {
            outputs.release();
        }
        whenAnswered.run();
        if (!answer.complete(result)) {
            answer.obtrudeException(new AssertionError("a second outcome"));
        }
    }

    void releaseKept() {
        BatchOutputs outputs = kept.getAndSet(null);
        if (outputs != null) {
            outputs.release();
        }
    }

    @Override
    public void failed(ErrorCode code, String message) {
        if (!answer.completeExceptionally(new ServingException(code, message))) {
            answer.obtrudeException(new AssertionError("a second outcome"));
        }
    }

    /// Waits for the outcome.
    static void assertFailed(FloatsCall call, ErrorCode code) {
        assertThat(call.answer)
                .failsWithin(Duration.ofMinutes(2))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        ServingException.class,
                        cause -> assertThat(cause.code()).isEqualTo(code));
    }
}
