package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.net.HttpCall;
import dev.penstock.server.source.net.HttpConnector;
import dev.penstock.server.source.net.HttpReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;

/// Carries the SDK's requests by our own client, so that hosts are judged in one place. Only for reading.
///
/// @param deadline by when everything must be there
record S3Http(HttpConnector connector, Deadline deadline) implements SdkHttpClient {
    /// Our client writes these itself.
    private static final Set<String> OURS = Set.of("host", "connection", "content-length", "expect");

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        Map<String, String> headers = new HashMap<>();
        request.httpRequest().forEachHeader((name, values) -> {
            if (!OURS.contains(name.toLowerCase(Locale.ROOT))) {
                headers.put(name, String.join(",", values));
            }
        });
        String method = request.httpRequest().method().name();
        return new Call(new HttpCall(method, request.httpRequest().getUri(), headers, deadline));
    }

    @Override
    public void close() {
        // Each reply closes its own connection.
    }

    @Override
    public String clientName() {
        return "Penstock";
    }

    private final class Call implements ExecutableHttpRequest {
        private final HttpCall call;

        Call(HttpCall call) {
            this.call = call;
        }

        @Override
        @SuppressWarnings("MustBeClosed") // The SDK closes the body, and with it the connection.
        public HttpExecuteResponse call() throws IOException {
            HttpReply reply = connector.send(call);
            SdkHttpFullResponse.Builder response = SdkHttpFullResponse.builder().statusCode(reply.status());
            reply.headers().forEach(response::appendHeader);
            AbortableInputStream body = AbortableInputStream.create(new ReplyBody(reply), reply::close);
            return HttpExecuteResponse.builder()
                    .response(response.content(body).build())
                    .responseBody(body)
                    .build();
        }

        @Override
        public void abort() {
            throw new UncheckedIOException(new IOException("calls end at their deadline"));
        }
    }
}
