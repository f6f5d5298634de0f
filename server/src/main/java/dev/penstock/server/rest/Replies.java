package dev.penstock.server.rest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// Makes responses. Whoever gets one owns its body. The connection adds the length and what it says of itself.
final class Replies {
    private Replies() {}

    static FullHttpResponse empty(HttpResponseStatus status) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    }

    static FullHttpResponse json(HttpResponseStatus status, Consumer<JsonGenerator> content) {
        return of(status, HttpHeaderValues.APPLICATION_JSON, Json.write(content));
    }

    static FullHttpResponse ok(Consumer<JsonGenerator> content) {
        return json(HttpResponseStatus.OK, content);
    }

    /// @param body belongs to the response from here on
    static FullHttpResponse of(HttpResponseStatus status, CharSequence contentType, ByteBuf body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        return response;
    }

    /// Of an answer whose body follows in parts.
    static HttpResponse head(CharSequence contentType) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        return response;
    }

    /// The answer in gzip's format, if it is JSON long enough for that to be worth it and the caller takes it.
    ///
    /// @param answer belongs to the caller; either it is returned, or released
    /// @param asked the headers of the request
    static FullHttpResponse compressed(FullHttpResponse answer, HttpHeaders asked) {
        boolean worth = Compression.isWorth(answer.content().readableBytes())
                && answer.headers().contains(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON, true);
        String accepted = worth ? String.join(",", asked.getAll(HttpHeaderNames.ACCEPT_ENCODING)) : "";
        if (!AcceptEncoding.takesGzip(accepted)) {
            return answer;
        }
        FullHttpResponse compressed = answer.replace(Compression.gzip(answer.content()));
        compressed.headers().set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
        return compressed;
    }

    static FullHttpResponse methodNotAllowed(String allowed) {
        FullHttpResponse response = RestErrors.of(HttpResponseStatus.METHOD_NOT_ALLOWED, "Method Not Allowed");
        response.headers().set(HttpHeaderNames.ALLOW, allowed);
        return response;
    }

    static FullHttpResponse notFound() {
        return RestErrors.of(HttpResponseStatus.NOT_FOUND, "Not Found");
    }
}
