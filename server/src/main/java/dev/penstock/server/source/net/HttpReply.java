package dev.penstock.server.source.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// An answer whose body is read by its owner's thread; closing it closes the connection.
///
/// @param uri it came from, after redirects
/// @param headers by name in lower case, values of one name joined by ", "
/// @param body ends with an [IOException] if it is cut off
public record HttpReply(URI uri, int status, SortedMap<String, String> headers, InputStream body, Socket socket)
        implements AutoCloseable {
    public HttpReply {
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    /// @return "" if there is none
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /// Whether the end of the body can be told from a broken connection.
    public boolean delimited() {
        return headers.containsKey("content-length") || headers.containsKey("transfer-encoding");
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
        }
    }
}
