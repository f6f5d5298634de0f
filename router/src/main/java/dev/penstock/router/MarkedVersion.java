package dev.penstock.router;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ForwardingSink;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import org.jspecify.annotations.Nullable;

/// A version whose answers get tokens, in the place of the version itself. Thread-safe.
public final class MarkedVersion implements VersionHandle {
    private final VersionHandle version;
    private final ReplyMarker marker;

    /// @param version perhaps with a cache in front of it: what is kept has no token
    public MarkedVersion(VersionHandle version, ReplyMarker marker) {
        this.version = version;
        this.marker = marker;
    }

    VersionHandle version() {
        return version;
    }

    ReplySink marking(ReplySink sink) {
        return new MarkingSink(marker, sink);
    }

    @Override
    public ModelKey key() {
        return version.key();
    }

    @Override
    public Signature signature() {
        return version.signature();
    }

    @Override
    public @Nullable Signature knownSignature() {
        return version.knownSignature();
    }

    @Override
    @MustBeClosed
    public @Nullable Lease tryLease() {
        return version.tryLease();
    }

    private static final class MarkingSink extends ForwardingSink {
        private static final System.Logger LOG = System.getLogger(MarkedVersion.class.getName());

        private final ReplyMarker marker;
        private final @Nullable ArmSink arm;

        MarkingSink(ReplyMarker marker, ReplySink sink) {
            super(sink);
            this.marker = marker;
            this.arm = sink instanceof ArmSink told ? told : null;
        }

        @Override
        public void reply(InferenceReply reply) {
            super.reply(marked(reply));
        }

        // An answer without a token is better than none.
        private InferenceReply marked(InferenceReply reply) {
            try {
                return reply.with(marker.token(reply, arm == null ? null : arm.arm()));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "an answer of " + reply.key() + " gets no token", e);
                return reply;
            }
        }
    }
}
