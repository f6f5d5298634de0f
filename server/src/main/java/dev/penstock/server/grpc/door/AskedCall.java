package dev.penstock.server.grpc.door;

import dev.penstock.core.batching.InlineLoop;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.RefusalRest;
import dev.penstock.server.wire.MessageLimits;
import org.jspecify.annotations.Nullable;

/// What one inference request asks, as the engine and routes read it: the part of an [InferCall] that is there
/// before any outcome. Its event loop alone changes it.
abstract class AskedCall extends Deadlines.Entry implements FastCall {
    private static final int FIRST_ID_BYTES = 64;

    final LoopContext loop;
    byte[] id = new byte[FIRST_ID_BYTES];
    int idLength;

    final CallBytes bytes;
    private @Nullable InferOwner owner;
    private @Nullable Head head;
    private String modelName = "";
    private long askedVersion;
    private long timeoutNanos;

    AskedCall(LoopContext loop) {
        this.loop = loop;
        this.bytes = new CallBytes(loop.staging);
    }

    /// Another request begins, of which nothing is known yet.
    final void nextRequest(InferOwner newOwner, long newDeadlineNanos) {
        owner = newOwner;
        deadlineNanos = newDeadlineNanos;
        timeoutNanos = 0;
        idLength = 0;
        modelName = "";
        head = null;
    }

    /// @param newTimeoutNanos 0 for as long as its deadline lets it
    final void waitAtMost(long newTimeoutNanos) {
        timeoutNanos = newTimeoutNanos;
    }

    /// @param length at most [MessageLimits#MAX_ID_BYTES]
    final void id(long address, int length) {
        if (length > id.length) {
            id = new byte[MessageLimits.MAX_ID_BYTES];
        }
        Memory.copy(address, id, 0, length);
        idLength = length;
    }

    /// It has rows for the engine, as that head says.
    final void rowsBy(Head newHead) {
        head = newHead;
        bytes.ensureInputs(newHead.inputs.length);
    }

    /// It has none, and names that model.
    ///
    /// @param version that was asked for; 0 for none
    final void named(String model, long version) {
        head = null;
        modelName = model;
        askedVersion = version;
    }

    /// Its rows are not asked for any more.
    final void forgetRows() {
        head = null;
    }

    /// The version that an answer is about which came before any was found; 0 for none.
    final long askedVersion() {
        return modelName.isEmpty() ? 0 : askedVersion;
    }

    /// The name that was called; "" if the message was never read.
    final String modelName() {
        return head == null ? modelName : head.modelName;
    }

    final InferOwner owner() {
        if (owner == null) {
            throw new IllegalStateException("call without a stream (expected: begun)");
        }
        return owner;
    }

    private Head head() {
        if (head == null) {
            throw new IllegalStateException("call without rows (expected: on the fast path, without an outcome)");
        }
        return head;
    }

    @Override
    public final int rows() {
        return head().rows;
    }

    @Override
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public final long timeoutNanos() {
        return timeoutNanos;
    }

    @Override
    public final @Nullable InlineLoop loop() {
        return loop.inline;
    }

    @Override
    public final RefusalRest refusals() {
        return loop.refusals;
    }

    @Override
    public final long priority() {
        return head().priority;
    }

    @Override
    public final int caller() {
        return owner().caller();
    }

    @Override
    public final @Nullable CharSequence metadata(int index) {
        return owner().metadata(index);
    }

    @Override
    public final byte[] id() {
        return id;
    }

    @Override
    public final int idLength() {
        return idLength;
    }

    @Override
    public final long inputAddress(int input) {
        return bytes.address(input);
    }

    @Override
    public final void copyRows(int input, int firstRowOfInput, int rowCount, long toAddress) {
        long rowBytes = head().layout.inputs.get(input).rowBytes;
        bytes.copyRows(input, rowBytes, firstRowOfInput, rowCount, toAddress);
    }

    @Override
    public final @Nullable CharSequence header(String name) {
        return owner().header(name);
    }
}
