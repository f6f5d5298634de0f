package dev.penstock.server.grpc;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ForwardingSink;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Tensor;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.wire.RequestIds;
import org.jspecify.annotations.Nullable;

/// A request carried by grpc-java that somebody wants to know of: notes what becomes of it, on its way to its
/// sink.
final class ObservedCall extends ForwardingSink {
    private final CallRecord record;
    private final String model;
    private volatile long version;

    private ObservedCall(CallRecord record, String model, ReplySink sink) {
        super(sink);
        this.record = record;
        this.model = model;
    }

    /// Begins the record of a request that has just been read.
    ///
    /// @return null if nobody wants to know of it, whatever becomes of it: then nothing was allocated
    static @Nullable ObservedCall of(
            CallWatch watch, CallKind kind, ModelInferRequest request, Exposure exposure, ReplySink sink) {
        CallRecord record = watch.next();
        exposure.describe(record, kind);
        if (!record.isTaken() && !watch.mayLogFailures()) {
            return null;
        }
        watch.keep();
        record.received(request.getSerializedSize());
        record.requestId(request.getId().isEmpty() ? exposure.requestId() : RequestIds.own(request.getId()));
        // Decoded, as far as the library does it.
        record.queued();
        return new ObservedCall(record, request.getModelName(), sink);
    }

    /// It is refused some other way than by its sink.
    void refused(ErrorCode code) {
        record.fail(code);
        record.end(model, version);
    }

    @Override
    public void assigned(Assigned arm) {
        record.arm(arm);
        super.assigned(arm);
    }

    @Override
    public void resolved(ModelKey key) {
        version = key.version();
        super.resolved(key);
    }

    @Override
    public void ran(int rows, int runRows, long startedNanos, long endedNanos) {
        record.ran(rows, startedNanos, endedNanos);
        super.ran(rows, runRows, startedNanos, endedNanos);
    }

    @Override
    public void reply(InferenceReply reply) {
        long bytes = 0;
        for (Tensor output : reply.outputs()) {
            bytes += output.data().remaining();
        }
        record.sent(bytes);
        record.encoding();
        super.reply(reply);
        record.end(model, reply.key().version());
    }

    @Override
    public void fail(ErrorCode code, String message) {
        super.fail(code, message);
        refused(code);
    }
}
