package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;

/// Tells requests their outcomes. What a request's own code throws is logged and goes no further: other requests wait
/// behind it, and the threads that tell them must live.
final class Outcomes {
    private static final System.Logger LOG = System.getLogger(Outcomes.class.getName());

    /// What a request is told whose deadline has passed before its run.
    static final String EXPIRED = "Request timeout expired";

    private Outcomes() {}

    static void complete(RowsCall call, BatchOutputs outputs, int firstRow) {
        try {
            call.completed(outputs, firstRow);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a request threw when it was answered", e);
        }
    }

    static void fail(RowsCall call, ErrorCode code, String message) {
        try {
            call.failed(code, message);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a request threw when it was told " + code, e);
        }
    }

    static void fail(RowsCall call, ErrorCode why) {
        fail(call, why, messageOf(why));
    }

    /// Whether its caller went away, or it cannot even say so.
    static boolean abandoned(RowsCall call) {
        try {
            return call.abandoned();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a request threw when asked whether its caller is there", e);
            return true;
        }
    }

    static String messageOf(ErrorCode why) {
        return why == ErrorCode.CANCELLED ? "the caller went away before the model ran" : EXPIRED;
    }

    /// What requests are told of it. What is not for callers is logged.
    ///
    /// @param what was done, for the log and the callers, "the run" for instance
    static ServingException failure(String what, Throwable cause) {
        if (cause instanceof ServingException known) {
            return known;
        }
        LOG.log(System.Logger.Level.ERROR, what + " failed", cause);
        return new ServingException(ErrorCode.INTERNAL, what + " failed; see the log");
    }
}
