package dev.penstock.server.rest;

import dev.penstock.server.wire.HeaderText;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which request heads are refused before anything of the body is read, and how other refusals read. Whatever
/// two servers in a row might read differently is refused here. Pure.
final class HeadRules {
    /// A refusal after which the connection closes.
    record Refusal(HttpResponseStatus status, String message) {}

    private HeadRules() {}

    /// @return why the request is refused, or null if it is not
    static @Nullable Refusal refusal(HttpRequest head, HttpLimits limits, BodyLimit body) {
        if (head.decoderResult().isFailure()) {
            return malformed(head.decoderResult().cause(), limits);
        }
        HttpVersion version = head.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return new Refusal(
                    HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED,
                    "protocol: %s (expected: HTTP/1.1 or HTTP/1.0)".formatted(HeaderText.quote(version.text())));
        }
        if (!RequestTarget.isKnownForm(head.uri())) {
            return bad("request target: '%s' (expected: a path)".formatted(HeaderText.quote(head.uri())));
        }
        return headersRefusal(head, limits, body);
    }

    private static @Nullable Refusal headersRefusal(HttpRequest head, HttpLimits limits, BodyLimit body) {
        if (head.headers().size() > limits.maxHeaders()) {
            return tooManyHeaders(
                    "%d header lines (expected: <= %d)".formatted(head.headers().size(), limits.maxHeaders()));
        }
        Refusal refusal = hostRefusal(head);
        if (refusal == null) {
            refusal = framingRefusal(head);
        }
        if (refusal == null) {
            refusal = sizeRefusal(head, body);
        }
        return refusal == null ? expectationRefusal(head.headers()) : refusal;
    }

    private static @Nullable Refusal hostRefusal(HttpRequest head) {
        int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
        boolean mayLack = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        return hosts == 1 || (hosts == 0 && mayLack) ? null : bad("%d Host headers (expected: 1)".formatted(hosts));
    }

    private static @Nullable Refusal framingRefusal(HttpRequest head) {
        List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return null;
        }
        if (head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return bad("both Content-Length and Transfer-Encoding (expected: one of them)");
        }
        boolean chunked = codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst());
        if (!chunked || head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return bad("Transfer-Encoding: '%s' in %s (expected: chunked, in HTTP/1.1)"
                    .formatted(HeaderText.quote(String.join(", ", codings)), head.protocolVersion()));
        }
        return null;
    }

    private static @Nullable Refusal sizeRefusal(HttpRequest head, BodyLimit body) {
        long declared = HttpUtil.getContentLength(head, 0L);
        return declared <= body.maxBytes() ? null : tooLarge(declared + " bytes", body);
    }

    private static @Nullable Refusal expectationRefusal(HttpHeaders headers) {
        for (String expectation : headers.getAll(HttpHeaderNames.EXPECT)) {
            if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
                return new Refusal(
                        HttpResponseStatus.EXPECTATION_FAILED,
                        "Expect: '%s' (expected: 100-continue)".formatted(HeaderText.quote(expectation)));
            }
        }
        return null;
    }

    private static Refusal malformed(Throwable cause, HttpLimits limits) {
        if (cause instanceof TooLongHttpLineException) {
            return new Refusal(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG,
                    "the request line is longer than %d bytes".formatted(limits.maxRequestLineBytes()));
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return tooManyHeaders("the headers are longer than %d bytes".formatted(limits.maxHeaderBytes()));
        }
        return bad("malformed HTTP request: " + HeaderText.quote(String.valueOf(cause.getMessage())));
    }

    /// Of a piece of a body that could not be read.
    static Refusal malformed(HttpContent content) {
        String cause = String.valueOf(content.decoderResult().cause().getMessage());
        return bad("malformed HTTP body: " + HeaderText.quote(cause));
    }

    /// @param size how large the body is, as far as that is known
    static Refusal tooLarge(String size, BodyLimit body) {
        String source = body.setting().isEmpty() ? "fixed for this port" : "the setting " + body.setting();
        return new Refusal(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                "request body: %s (expected: <= %d bytes; the limit is %s)".formatted(size, body.maxBytes(), source));
    }

    static Refusal bad(String message) {
        return new Refusal(HttpResponseStatus.BAD_REQUEST, message);
    }

    private static Refusal tooManyHeaders(String message) {
        return new Refusal(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, message);
    }
}
