package dev.penstock.server.rest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A socket that says exactly what it is told and reads one HTTP response after another.
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 120_000;

    private final Socket socket;
    private final InputStream in;

    record Response(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /// A response whose body is not all text.
    static final class Bytes {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;

        private Bytes(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        byte[] body() {
            return body;
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    Response read() throws IOException {
        return read(true);
    }

    /// @param body whether the response has one; the answer to HEAD has not
    Response read(boolean body) throws IOException {
        Bytes bytes = readBytes(body);
        return new Response(bytes.status, bytes.headers, new String(bytes.body, StandardCharsets.UTF_8));
    }

    Bytes readBytes() throws IOException {
        return readBytes(true);
    }

    private Bytes readBytes(boolean body) throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            String name = header.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.put(name, header.substring(colon + 1).strip());
        }
        int length = body ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        return new Bytes(Integer.parseInt(status.substring(9, 12)), headers, in.readNBytes(length));
    }

    /// Whether the server has closed its side and sends nothing more.
    boolean atEnd() throws IOException {
        return in.read() < 0;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int octet = in.read();
        while (octet != '\n') {
            if (octet < 0) {
                throw new EOFException("closed after '" + line.toString(StandardCharsets.ISO_8859_1) + "'");
            }
            line.write(octet);
            octet = in.read();
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
