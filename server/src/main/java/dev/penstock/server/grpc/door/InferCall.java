package dev.penstock.server.grpc.door;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.fast.Completions;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One inference request from its bytes to its outcome. Pooled by its event loop, which alone touches it but
/// for [FastCall]'s methods: they are for whoever was offered the call.
final class InferCall extends AskedCall implements Completions.Linked<InferCall> {
    private static final System.Logger LOG = System.getLogger(InferCall.class.getName());
    private static final VarHandle GONE;

    /// Where a stream of many calls keeps it.
    int place;

    /// Null unless somebody wants to know of calls.
    final @Nullable CallRecord record;

    private final CallArm arm;
    private @Nullable InferCall nextCompleted;
    private @Nullable Answer answer;

    /// Whether somebody behind the door holds the call.
    private boolean held;

    /// Whether nobody waits for the outcome any more. Written by the loop; any thread may read it.
    @SuppressWarnings("unused") // By way of GONE.
    private boolean gone;

    // The outcome: written by whoever brings it, then read by the loop.
    private @Nullable BatchOutputs outputs;
    private int firstRow;
    private @Nullable InferenceReply reply;
    private @Nullable ModelKey resolved;
    private @Nullable ErrorCode failure;
    private String failureMessage = "";

    static {
        try {
            GONE = MethodHandles.lookup().findVarHandle(InferCall.class, "gone", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    InferCall(LoopContext loop) {
        super(loop);
        this.arm = new CallArm(loop.clock);
        CallWatch watch = loop.watch;
        record = watch == null ? null : watch.newRecord();
    }

    void begin(InferOwner newOwner, long newDeadlineNanos) {
        nextRequest(newOwner, newDeadlineNanos);
        answer = null;
        arm.clear();
        GONE.setOpaque(this, false);
        loop.deadlines.add(this);
        if (record != null) {
            newOwner.describe(record);
        }
    }

    private void end(ErrorCode failure) {
        if (record != null) {
            record.fail(failure);
            ended(0);
        }
    }

    /// It is answered, with so many bytes; 0 for a failure.
    void ended(long bytes) {
        CallRecord ended = record;
        if (ended != null) {
            ended.sent(bytes);
            if (ended.isTaken()) {
                ended.arm(assigned());
            }
            Answer known = answer;
            ModelKey key = known == null ? resolved : known.layout.model.key();
            ended.end(modelName(), key == null ? askedVersion() : key.version());
        }
    }

    void fast(Head newHead, Answer newAnswer) {
        rowsBy(newHead);
        answer = newAnswer;
        arm.offered(newAnswer.layout.model.arm(), owner());
    }

    /// Says that the call goes the general path, to the model of that name.
    ///
    /// @param version that was asked for; 0 for none
    void general(String model, long version) {
        named(model, version);
        answer = null;
        arm.forget();
    }

    /// Says whether somebody behind the door has the call from now on.
    void held(boolean nowHeld) {
        held = nowHeld;
    }

    boolean isHeld() {
        return held;
    }

    /// Refuses a call that nobody holds.
    void refuse(ErrorCode code, String message, @Nullable ModelKey key) {
        boolean wanted = !abandoned();
        end();
        if (key == null) {
            arm.forget();
        } else {
            arm.ended(code);
        }
        if (wanted) {
            owner().failed(this, code, message, key);
        } else {
            // Its stream ended while it was offered.
            leave();
        }
    }

    /// The caller went away, or was answered otherwise.
    void leave() {
        end();
        arm.ended(ErrorCode.CANCELLED);
        end(ErrorCode.CANCELLED);
        if (!held) {
            bytes.free();
            owner().idle(this);
        }
    }

    @Override
    void expired() {
        end();
        arm.ended(ErrorCode.DEADLINE_EXCEEDED);
        owner().failed(this, ErrorCode.DEADLINE_EXCEEDED, "the deadline has passed", null);
    }

    private void end() {
        GONE.setOpaque(this, true);
        loop.deadlines.remove(this);
    }

    @Override
    public @Nullable InferCall nextCompleted() {
        return nextCompleted;
    }

    @Override
    public void nextCompleted(@Nullable InferCall next) {
        nextCompleted = next;
    }

    @Override
    public void settle() {
        boolean wanted = !abandoned();
        end();
        try {
            if (wanted) {
                deliver();
            }
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "answering a call failed", e);
            end(ErrorCode.INTERNAL);
            owner().lost(this);
        } finally {
            clear();
            held = false;
            bytes.free();
            owner().idle(this);
        }
    }

    private void deliver() {
        arm.settled(failure, outputs);
        Answer known = answer;
        if (failure != null) {
            @Nullable ModelKey key = known == null ? resolved : known.layout.model.key();
            owner().failed(this, failure, failureMessage, key);
        } else if (reply != null) {
            if (record != null) {
                resolved = reply.key();
                record.encoding();
            }
            owner().replied(this, reply);
        } else if (outputs != null && known != null) {
            if (record != null) {
                record.ran(rows(), outputs.startedNanos(), outputs.endedNanos());
                record.encoding();
            }
            owner().succeeded(this, known, outputs, firstRow);
        } else {
            throw new IllegalStateException("an outcome without a value (expected: outputs, reply or failure)");
        }
    }

    private void clear() {
        if (outputs != null) {
            outputs.release();
            outputs = null;
        }
        reply = null;
        resolved = null;
        failure = null;
        forgetRows();
        answer = null;
    }

    @Override
    public void assigned(long newPlace) {
        arm.routed(newPlace);
    }

    /// The arm of a route that has it, or null.
    @Nullable
    Assigned assigned() {
        Answer known = answer;
        return arm.assigned(known == null ? null : known.layout.model.arm());
    }

    @Override
    public long routed() {
        return arm.routed();
    }

    @Override
    public @Nullable Assigned arm() {
        return arm.offered();
    }

    /// Before the outcome, by whoever brings it.
    void assigned(@Nullable Assigned newAssigned) {
        arm.assigned(newAssigned);
    }

    @Override
    public boolean abandoned() {
        return (boolean) GONE.getOpaque(this);
    }

    @Override
    public void completed(BatchOutputs newOutputs, int newFirstRow) {
        outputs = newOutputs;
        firstRow = newFirstRow;
        finish();
    }

    @Override
    public void failed(ErrorCode code, String message) {
        failed(code, message, null);
    }

    void failed(ErrorCode code, String message, @Nullable ModelKey key) {
        failure = code;
        failureMessage = message;
        resolved = key;
        finish();
    }

    void replied(InferenceReply newReply) {
        reply = newReply;
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
