package dev.penstock.router.cache;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import org.jspecify.annotations.Nullable;

/// Brings the outcome of the request that runs to its caller and to all who wait for the same.
final class LeaderSink implements ReplySink {
    private static final System.Logger LOG = System.getLogger(LeaderSink.class.getName());

    private final VersionCache cache;
    private final Flight flight;
    private final ReplySink caller;

    LeaderSink(VersionCache cache, Flight flight, ReplySink caller) {
        this.cache = cache;
        this.flight = flight;
        this.caller = caller;
    }

    @Override
    public void assigned(Assigned arm) {
        caller.assigned(arm);
    }

    @Override
    public void resolved(ModelKey key) {
        caller.resolved(key);
    }

    @Override
    public void batched(long sinceNanos) {
        caller.batched(sinceNanos);
    }

    @Override
    public void ran(int rows, int runRows, long startedNanos, long endedNanos) {
        caller.ran(rows, runRows, startedNanos, endedNanos);
    }

    @Override
    public void reply(InferenceReply reply) {
        // Before the caller gets it: from then on its memory is the caller's.
        StoredReply copy = copy(reply);
        if (copy == null) {
            try {
                caller.reply(reply);
            } finally {
                cache.next(flight);
            }
            return;
        }
        try {
            cache.land(flight, copy);
        } finally {
            caller.reply(reply);
        }
    }

    /// Null if it is not kept. Throws nothing: whatever becomes of the copy, the caller is to have the answer.
    private @Nullable StoredReply copy(InferenceReply reply) {
        try {
            return cache.wants(flight, StoredReply.bytesOf(reply)) ? StoredReply.copyOf(reply) : null;
        } catch (OutOfMemoryError e) {
            LOG.log(System.Logger.Level.WARNING, "no memory to keep an answer of {0}", reply.key());
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "an answer of " + reply.key() + " could not be copied", e);
        }
        return null;
    }

    @Override
    public void fail(ErrorCode code, String message) {
        try {
            caller.fail(code, message);
        } finally {
            if (isOfTheRequest(code)) {
                cache.crash(flight, code, message);
            } else {
                cache.next(flight);
            }
        }
    }

    /// Whether an identical request would fail alike; else it was this one's bad luck.
    private static boolean isOfTheRequest(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, MODEL_FAILED, INTERNAL, TOO_LARGE, UNSUPPORTED, NOT_FOUND, ALREADY_EXISTS -> true;
            case NOT_READY, OVERLOADED, DEADLINE_EXCEEDED, CANCELLED, UNAUTHENTICATED, PERMISSION_DENIED -> false;
        };
    }

    @Override
    public boolean abandoned() {
        return caller.abandoned();
    }
}
