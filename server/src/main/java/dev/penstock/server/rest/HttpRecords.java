package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallRecord;
import dev.penstock.server.calls.TraceParent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;

/// What the record of an inference takes from its request and from its answer.
final class HttpRecords {
    private HttpRecords() {}

    /// @param arrivedNanos when the request's head arrived
    static void begin(CallRecord record, CallKind kind, long arrivedNanos, HttpHeaders headers) {
        List<String> parents = headers.getAll(TraceParent.HEADER);
        String state = String.join(",", headers.getAll(TraceParent.STATE_HEADER));
        record.begin(kind, arrivedNanos, parents.size() == 1 ? parents.getFirst() : null, state);
    }

    /// Where nobody has said a better one, the answer's status says the code.
    static void answered(CallRecord record, FullHttpResponse response, String requestId) {
        int status = response.status().code();
        if (status >= HttpResponseStatus.BAD_REQUEST.code()) {
            boolean ours = status >= HttpResponseStatus.INTERNAL_SERVER_ERROR.code();
            record.fail(ours ? ErrorCode.INTERNAL : ErrorCode.INVALID_ARGUMENT);
        }
        record.requestId(requestId);
        record.sent(response.content().readableBytes());
    }
}
