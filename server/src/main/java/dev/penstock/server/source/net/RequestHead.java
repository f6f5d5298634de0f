package dev.penstock.server.source.net;

import java.nio.charset.StandardCharsets;

/// The head of a request, as bytes. Pure.
final class RequestHead {
    private RequestHead() {}

    /// @param prefix of the path, "" but towards a proxy
    /// @param more lines for the proxy
    static byte[] of(HttpCall call, String prefix, String more) {
        String path = call.uri().getRawPath();
        String query = call.uri().getRawQuery();
        StringBuilder head = new StringBuilder(call.method())
                .append(' ')
                .append(prefix)
                .append(path == null || path.isEmpty() ? "/" : path)
                .append(query == null ? "" : "?" + query)
                .append(" HTTP/1.1\r\nHost: ")
                .append(call.uri().getHost())
                .append(call.uri().getPort() < 0 ? "" : ":" + call.uri().getPort())
                .append("\r\nConnection: close\r\n")
                .append(more);
        call.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
