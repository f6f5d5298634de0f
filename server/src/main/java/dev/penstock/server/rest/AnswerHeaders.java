package dev.penstock.server.rest;

import dev.penstock.core.Assigned;
import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.RequestIds;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// What the headers of an answer say of who gave it.
final class AnswerHeaders {
    private static final AsciiString MODEL = AsciiString.cached("x-penstock-model");
    private static final AsciiString VERSION = AsciiString.cached("x-penstock-version");

    private AnswerHeaders() {}

    /// Says whose answer it is; a model "" and a version 0 are not known.
    ///
    /// @param arm that has the request, or null
    static void expose(HttpHeaders headers, String requestId, String model, long version, @Nullable Assigned arm) {
        headers.set(RequestIds.HEADER, requestId);
        if (!model.isEmpty()) {
            headers.set(MODEL, HeaderText.name(model));
        }
        if (version > 0) {
            headers.set(VERSION, Long.toString(version));
        }
        if (arm != null) {
            headers.set(Assigned.ROUTE_HEADER, HeaderText.name(arm.route()));
            headers.set(Assigned.ARM_HEADER, arm.arm());
            headers.set(Assigned.ASSIGNMENT_HEADER, arm.header());
        }
    }
}
