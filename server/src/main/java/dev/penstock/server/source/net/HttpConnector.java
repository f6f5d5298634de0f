package dev.penstock.server.source.net;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.NanoClock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Sends one request over a connection of its own to an address that was judged just before. Thread-safe;
/// blocks.
///
/// A client that takes names looks them up once more when it connects, and whoever owns the name can
/// answer the two look-ups differently; so this one takes addresses. It asks for no compression and
/// follows no redirect.
public final class HttpConnector {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Hosts hosts;
    private final SSLSocketFactory tls;
    private final int connectMillis;
    private final long silenceMillis;
    private final NanoClock clock;

    /// @param connect how long it may take to be connected, with each address
    /// @param silence how long the other side may send nothing
    public HttpConnector(Hosts hosts, SSLSocketFactory tls, Duration connect, Duration silence, NanoClock clock) {
        this.hosts = hosts;
        this.tls = tls;
        this.connectMillis = Math.toIntExact(connect.toMillis());
        this.silenceMillis = silence.toMillis();
        this.clock = clock;
    }

    /// @throws dev.penstock.server.source.FetchException with `REFUSED` if the host is not allowed
    /// @throws IOException if it cannot be reached or does not answer rightly
    @MustBeClosed
    public HttpReply send(HttpCall call) throws IOException {
        Socket socket = connect(call);
        @Nullable HttpReply reply = null;
        try {
            socket.getOutputStream().write(head(call));
            socket.getOutputStream().flush();
            InputStream in = new BufferedInputStream(
                    new DeadlineInput(socket, silenceMillis, call.deadlineNanos(), clock), BUFFER_BYTES);
            HeadReader.Head head = HeadReader.read(in);
            reply = new HttpReply(call.uri(), head.status(), head.headers(), body(call, head, in), socket);
            return reply;
        } finally {
            if (reply == null) {
                socket.close();
            }
        }
    }

    private Socket connect(HttpCall call) throws IOException {
        List<InetAddress> addresses = hosts.addresses(call.uri().getHost(), call.port());
        @Nullable IOException failure = null;
        for (InetAddress address : addresses) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, call.port()), connectMillis);
                socket.setSoTimeout((int) Math.min(silenceMillis, Integer.MAX_VALUE));
                return call.encrypted() ? encrypted(socket, call) : socket;
            } catch (IOException e) {
                socket.close();
                failure = e;
            }
        }
        throw failure == null ? new IOException("it has no address") : failure;
    }

    private Socket encrypted(Socket plain, HttpCall call) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, call.uri().getHost(), call.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] head(HttpCall call) {
        String path = call.uri().getRawPath();
        String query = call.uri().getRawQuery();
        StringBuilder head = new StringBuilder(call.method())
                .append(' ')
                .append(path == null || path.isEmpty() ? "/" : path)
                .append(query == null ? "" : "?" + query)
                .append(" HTTP/1.1\r\nHost: ")
                .append(call.uri().getHost())
                .append(call.uri().getPort() < 0 ? "" : ":" + call.uri().getPort())
                .append("\r\nConnection: close\r\n");
        call.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static InputStream body(HttpCall call, HeadReader.Head head, InputStream in) throws IOException {
        if (call.method().equals("HEAD") || head.status() == 204 || head.status() == 304) {
            return InputStream.nullInputStream();
        }
        String coding = head.headers().getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT);
        if (coding.equals("chunked")) {
            return new ChunkedBody(in);
        }
        if (!coding.isEmpty()) {
            throw new ProtocolException("it sends its answer in the unknown coding '" + coding + "'");
        }
        String length = head.headers().get("content-length");
        return length == null ? in : new SizedBody(in, lengthOf(length));
    }

    private static long lengthOf(String length) throws ProtocolException {
        try {
            long bytes = Long.parseLong(length);
            if (bytes >= 0) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ProtocolException("the length of its answer is no number");
    }
}
