package dev.penstock.server.source.net;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.NanoClock;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
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
    private static final int PROXY_WANTS_LOGIN = 407;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Hosts hosts;
    private final @Nullable Proxy proxy;
    private final SSLSocketFactory tls;
    private final int connectMillis;
    private final long silenceMillis;
    private final NanoClock clock;

    /// @param proxy that all requests go through, or null
    /// @param connect how long it may take to be connected, with each address
    /// @param silence how long the other side may send nothing
    public HttpConnector(
            Hosts hosts,
            @Nullable Proxy proxy,
            SSLSocketFactory tls,
            Duration connect,
            Duration silence,
            NanoClock clock) {
        this.hosts = hosts;
        this.proxy = proxy;
        this.tls = tls;
        this.connectMillis = Math.toIntExact(connect.toMillis());
        this.silenceMillis = silence.toMillis();
        this.clock = clock;
    }

    /// @throws dev.penstock.server.source.FetchException with `REFUSED` if the host is not allowed
    /// @throws IOException if it cannot be reached or does not answer rightly
    @MustBeClosed
    public HttpReply send(HttpCall call) throws IOException {
        call.deadline().checkWanted();
        Route route = route(call);
        Socket socket = connect(call, route);
        @Nullable HttpReply reply = null;
        try {
            socket.getOutputStream().write(RequestHead.of(call, route.prefix(call), route.isSeen(call) ? login() : ""));
            socket.getOutputStream().flush();
            InputStream in = new BufferedInputStream(input(socket, call), BUFFER_BYTES);
            HeadReader.Head head = HeadReader.read(in);
            if (route.isSeen(call)) {
                checkLogin(head.status());
            }
            reply = new HttpReply(call.uri(), head.status(), head.headers(), body(call, head, in), socket);
            return reply;
        } finally {
            if (reply == null) {
                socket.close();
            }
        }
    }

    /// Where to connect to.
    ///
    /// @param asked what a proxy is asked for, `host:port`; "" without one
    private record Route(List<InetAddress> addresses, int port, String asked) {
        boolean viaProxy() {
            return !asked.isEmpty();
        }

        /// Whether a proxy reads the request.
        boolean isSeen(HttpCall call) {
            return viaProxy() && !call.encrypted();
        }

        /// What stands before the path in a request to a proxy that sees it.
        String prefix(HttpCall call) {
            return isSeen(call) ? "http://" + asked : "";
        }
    }

    /// What a proxy is told of who asks, as a line of the head.
    private String login() {
        @Nullable ProxyLogin login = proxy == null ? null : proxy.login();
        return login == null ? "" : login.line();
    }

    /// Trying again would not help.
    private static void checkLogin(int status) {
        if (status == PROXY_WANTS_LOGIN) {
            throw new FetchException(
                    Reason.REFUSED,
                    "the proxy of sources.proxy answers with status 407 (expected: that %s and %s, or %s, are what it knows)"
                            .formatted(ProxyLogin.USER, ProxyLogin.PASSWORD, ProxyLogin.PASSWORD_FILE));
        }
    }

    private Route route(HttpCall call) {
        String host = call.uri().getHost();
        return proxy == null
                ? new Route(hosts.addresses(host, call.port()), call.port(), "")
                : new Route(
                        hosts.addresses(proxy),
                        proxy.port(),
                        hosts.throughProxy(host, call.port()) + ":" + call.port());
    }

    private InputStream input(Socket socket, HttpCall call) throws IOException {
        return new DeadlineInput(socket, silenceMillis, call.deadline(), clock);
    }

    private Socket connect(HttpCall call, Route route) throws IOException {
        @Nullable IOException failure = null;
        for (InetAddress address : route.addresses()) {
            Socket socket = new Socket();
            boolean connected = false;
            try {
                socket.connect(new InetSocketAddress(address, route.port()), connectMillis);
                socket.setSoTimeout((int) Math.min(silenceMillis, Integer.MAX_VALUE));
                if (route.viaProxy() && call.encrypted()) {
                    tunnel(socket, call, route.asked());
                }
                Socket ready = call.encrypted() ? encrypted(socket, call) : socket;
                connected = true;
                return ready;
            } catch (IOException e) {
                failure = e;
            } finally {
                if (!connected) {
                    socket.close();
                }
            }
        }
        throw failure == null ? new IOException("it has no address") : failure;
    }

    private void tunnel(Socket socket, HttpCall call, String asked) throws IOException {
        String request = "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n".formatted(asked, asked, login());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        // Not a byte more than the head is read, so what follows is left to TLS.
        int status = HeadReader.read(input(socket, call)).status();
        checkLogin(status);
        if (status != 200) {
            throw new IOException("the proxy of sources.proxy answers with status %d that it does not connect to %s"
                    .formatted(status, asked));
        }
    }

    private Socket encrypted(Socket plain, HttpCall call) throws IOException {
        SSLSocket socket = (SSLSocket) tls.createSocket(plain, call.uri().getHost(), call.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
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
