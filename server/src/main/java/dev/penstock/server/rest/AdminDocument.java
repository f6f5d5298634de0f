package dev.penstock.server.rest;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// The description of the admin API that is served with it, in OpenAPI's form.
final class AdminDocument {
    private static final String NAME = "admin-api.yaml";
    private static final String TYPE = "application/yaml";

    private AdminDocument() {}

    static FullHttpResponse reply() {
        try (InputStream document = AdminDocument.class.getResourceAsStream(NAME)) {
            if (document == null) {
                throw new IllegalStateException("resource: " + NAME + " (expected: in the jar)");
            }
            return Replies.of(HttpResponseStatus.OK, TYPE, Unpooled.wrappedBuffer(document.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
