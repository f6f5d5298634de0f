package dev.penstock.server.source.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the head of an answer, byte by byte from a buffered stream, and no more of it than a head may have.
final class HeadReader {
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})( .*)?");

    private final InputStream in;
    private int left = MAX_HEAD_BYTES;

    private HeadReader(InputStream in) {
        this.in = in;
    }

    /// @param headers by name in lower case
    record Head(int status, SortedMap<String, String> headers) {}

    /// The first head that is not an interim one.
    static Head read(InputStream in) throws IOException {
        HeadReader reader = new HeadReader(in);
        Head head = reader.head();
        while (head.status() < 200) {
            head = reader.head();
        }
        return head;
    }

    /// One line, without its end.
    static String line(InputStream in) throws IOException {
        return new HeadReader(in).line();
    }

    private Head head() throws IOException {
        String first = line();
        Matcher status = STATUS_LINE.matcher(first);
        if (!status.matches()) {
            throw new ProtocolException("it does not speak HTTP/1.1");
        }
        SortedMap<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new ProtocolException("a header line has no name");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.merge(name, line.substring(colon + 1).strip(), (one, other) -> one + ", " + other);
        }
        return new Head(Integer.parseInt(status.group(1)), headers);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int next = in.read();
            left--;
            if (next < 0) {
                throw new ProtocolException("the connection was closed before the answer was complete");
            }
            if (left < 0) {
                throw new ProtocolException("the head of the answer has more than " + MAX_HEAD_BYTES + " bytes");
            }
            if (next == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            line.append((char) next);
        }
    }
}
