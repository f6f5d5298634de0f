package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.calls.CallRecord;
import org.jspecify.annotations.Nullable;

/// The stream that an [InferCall] came by. Called on its event loop.
interface InferOwner {
    /// The outputs are the call's: they are released when this returns.
    void succeeded(InferCall call, Answer answer, BatchOutputs outputs, int firstRow);

    void replied(InferCall call, InferenceReply reply);

    /// @param key the version it was about, or null if none was found
    void failed(InferCall call, ErrorCode code, String message, @Nullable ModelKey key);

    /// The answer could not be made: there will be none.
    void lost(InferCall call);

    /// The call has had its answer, or lost its caller, and nobody holds it: it may be used again.
    void idle(InferCall call);

    /// Begins the record of a call that has begun.
    void describe(CallRecord record);

    /// What [dev.penstock.server.fast.FastCall#metadata] says.
    @Nullable
    CharSequence metadata(int index);

    /// What [dev.penstock.server.fast.FastCall#header] says.
    @Nullable
    CharSequence header(String name);

    /// When the call was read from its connection, about.
    long readNanos();

    /// Who asks, as a hash.
    int caller();
}
