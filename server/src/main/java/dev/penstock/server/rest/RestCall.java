package dev.penstock.server.rest;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.fast.Completions;
import dev.penstock.server.fast.FastArm;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import org.jspecify.annotations.Nullable;

/// One inference on the fast path, from its offer to its answer. Pooled by its event loop, which alone
/// touches it but for [FastCall]'s methods: they are for whoever was offered the call.
final class RestCall extends AskedInference implements Completions.Linked<RestCall> {
    /// Null unless somebody wants to know of calls.
    final @Nullable CallRecord record;

    private @Nullable RestCall nextCompleted;
    private PipelinedResponses.@Nullable Slot slot;

    /// The arm of a route that it is offered to, or null; and where the route has sent it.
    private @Nullable FastArm arm;

    private long routed;
    private long armedNanos;

    // What holds the inputs of a call that is not small.
    private @Nullable ByteBuf elements;
    private @Nullable ByteBuf body;

    /// Counts outcomes, so that whoever offered the call can tell whether it had one.
    private int outcomes;

    // The outcome: written by whoever brings it, then read by the loop.
    private @Nullable BatchOutputs values;
    private int firstRow;
    private @Nullable ErrorCode failure;
    private String failureMessage = "";

    RestCall(FastLoop loop) {
        super(loop);
        CallWatch watch = loop.watch;
        this.record = watch == null ? null : watch.newRecord();
    }

    /// @param fit how the request fits the model
    /// @param newCaller as [dev.penstock.server.wire.Callers] tells callers apart
    void begin(
            InferForm newForm,
            InferHead newHead,
            InferBody request,
            LaneFit fit,
            PipelinedResponses.Slot newSlot,
            int newCaller,
            long newTimeoutNanos) {
        ask(newForm, newHead, request, fit, newCaller, newTimeoutNanos);
        arm = newForm.layout.model.arm();
        if (arm != null) {
            armedNanos = loop.clock.nanoTime();
        }
        slot = newSlot;
    }

    @Override
    public void assigned(long newPlace) {
        routed = newPlace;
    }

    /// Where the route of its arm has sent it.
    @Override
    public long routed() {
        return routed;
    }

    @Override
    public @Nullable Assigned arm() {
        FastArm offered = arm;
        return offered == null ? null : offered.assigned(routed);
    }

    /// It does not get as far as to its arm.
    void forgetArm() {
        arm = null;
    }

    private void tellArm(FastArm told, @Nullable ErrorCode outcome) {
        BatchOutputs brought = values;
        told.ended(routed, outcome, (brought == null ? loop.clock.nanoTime() : brought.endedNanos()) - armedNanos);
        if (outcome == null && brought != null) {
            told.ran(routed, brought, armedNanos);
        }
    }

    /// Keeps buffers of [FastLoop]'s staging until the outcome.
    void keep(@Nullable ByteBuf newElements, @Nullable ByteBuf newBody) {
        elements = newElements;
        body = newBody;
    }

    /// Keeps another buffer instead of the second, or none.
    void keepBody(@Nullable ByteBuf newBody) {
        body = newBody;
    }

    int outcomes() {
        return outcomes;
    }

    private PipelinedResponses.Slot slot() {
        PipelinedResponses.Slot present = slot;
        if (present == null) {
            throw new IllegalStateException("call without a place to answer (expected: begun, without an outcome)");
        }
        return present;
    }

    @Override
    public @Nullable RestCall nextCompleted() {
        return nextCompleted;
    }

    @Override
    public void nextCompleted(@Nullable RestCall next) {
        nextCompleted = next;
    }

    @Override
    public void settle() {
        PipelinedResponses.Slot place = slot();
        boolean abandoned = place.abandoned();
        if (arm != null) {
            ErrorCode outcome = failure == null && values == null ? ErrorCode.INTERNAL : failure;
            tellArm(arm, abandoned ? ErrorCode.CANCELLED : outcome);
        }
        try {
            if (!abandoned) {
                deliver(place);
            } else if (record != null) {
                record.fail(ErrorCode.CANCELLED);
            }
        } finally {
            if (record != null) {
                if (record.isTaken() && arm != null) {
                    record.arm(arm.assigned(routed));
                }
                record.end(form().model, form().layout.model.key().version());
            }
            clear();
            loop.give(this);
        }
    }

    private void deliver(PipelinedResponses.Slot place) {
        boolean outside = place.startAnswer();
        try {
            BatchOutputs brought = values;
            if (brought == null) {
                ErrorCode code = failure == null ? ErrorCode.INTERNAL : failure;
                place.answer(refused(code, RestErrors.of(code, failureMessage)));
            } else {
                succeed(place, brought);
            }
        } finally {
            if (outside) {
                place.endAnswer();
                loop.flushLater(place.connection());
            }
        }
    }

    private void succeed(PipelinedResponses.Slot place, BatchOutputs brought) {
        if (record != null && record.isTaken()) {
            record.ran(rows(), brought.startedNanos(), brought.endedNanos());
            record.requestId(wanted().settleRequestId());
            record.encoding();
        }
        ByteBuf answer;
        try {
            answer = loop.writer.write(this, brought, firstRow, place.closes());
        } catch (ServingException e) {
            place.answer(refused(e.code(), RestErrors.of(e)));
            return;
        } catch (RuntimeException | OutOfMemoryError e) {
            String requestId = wanted().settleRequestId();
            place.answer(refused(ErrorCode.INTERNAL, RequestFailure.response(e, requestId, false)));
            return;
        }
        place.answer(answer);
    }

    private FullHttpResponse refused(ErrorCode code, FullHttpResponse response) {
        String requestId = wanted().settleRequestId();
        if (record != null) {
            record.fail(code);
            record.requestId(requestId);
        }
        AnswerHeaders.expose(
                response.headers(),
                requestId,
                form().model,
                form().layout.model.key().version(),
                arm == null ? null : arm.assigned(routed));
        return response;
    }

    /// Takes the offer back: the request was not taken, and goes another way.
    void withdraw() {
        slot().withdraw();
        clear();
        loop.give(this);
    }

    private void clear() {
        outcomes++;
        if (values != null) {
            values.release();
            values = null;
        }
        if (elements != null) {
            loop.staging.give(elements);
            elements = null;
        }
        if (body != null) {
            loop.staging.give(body);
            body = null;
        }
        forget();
        arm = null;
        slot = null;
        failure = null;
        failureMessage = "";
    }

    @Override
    public boolean abandoned() {
        return slot().abandoned();
    }

    @Override
    public void completed(BatchOutputs newValues, int newFirstRow) {
        values = newValues;
        firstRow = newFirstRow;
        finish();
    }

    @Override
    public void failed(ErrorCode code, String message) {
        failure = code;
        failureMessage = message;
        finish();
    }

    private void finish() {
        if (loop.eventLoop.inEventLoop()) {
            settle();
        } else {
            loop.completions.add(this);
        }
    }
}
