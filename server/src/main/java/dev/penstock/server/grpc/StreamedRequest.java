package dev.penstock.server.grpc;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import org.jspecify.annotations.Nullable;

/// One request of an [InferStream], and its answer once there is one.
final class StreamedRequest implements ReplySink {
    private static final System.Logger LOG = System.getLogger(StreamedRequest.class.getName());

    private final InferStream stream;
    private final ModelInferRequest request;
    private final String model;
    private final long heldBytes;

    private volatile @Nullable Assigned arm;

    // Guarded by the stream's lock.
    @Nullable
    ModelStreamInferResponse answer;

    @Nullable
    ServingException failure;

    /// @param heldBytes counted for it until its outcome
    StreamedRequest(InferStream stream, ModelInferRequest request, long heldBytes) {
        this.heldBytes = heldBytes;
        this.stream = stream;
        this.request = request;
        this.model = request.getModelName();
    }

    String id() {
        return request.getId();
    }

    long heldBytes() {
        return heldBytes;
    }

    @Override
    public void assigned(Assigned assigned) {
        arm = assigned;
    }

    @Override
    public void resolved(ModelKey key) {}

    @Override
    public void reply(InferenceReply reply) {
        try {
            stream.settled(this, ReplyMessage.of(model, id(), reply, arm), null);
        } catch (ServingException e) {
            fail(e.code(), e.reason());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "answering for " + reply.key() + " failed", e);
        }
    }

    @Override
    public void fail(ErrorCode code, String message) {
        try {
            stream.settled(this, null, new ServingException(code, message));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "refusing a request to '" + model + "' failed", e);
        }
    }

    @Override
    public boolean abandoned() {
        return stream.isOver();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return stream.header(name);
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return Parameters.text(request, name);
    }
}
