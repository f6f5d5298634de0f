package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Takes a `multipart/form-data` body apart while it is read; no part is in memory as a whole. For one thread.
final class MultipartReader {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MAX_HEADER_BYTES = 8 * 1024;
    private static final int MAX_BOUNDARY_CHARS = 70;

    private static final Pattern BOUNDARY = Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]+)\"|([^\\s;]+))");
    private static final Pattern PARAMETER = Pattern.compile(";\\s*([\\w*-]+)=(?:\"([^\"]*)\"|([^\\s;]+))");

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;

    /// Up to here, what is in the buffer belongs to the part.
    private int known;

    /// Whether a delimiter begins at `known`.
    private boolean atDelimiter;

    private boolean started;
    private boolean ended;

    /// One part; its content is to be read before the next part is asked for, or is skipped.
    ///
    /// @param fileName "" if it is no file
    /// @param headers by their names in lower case
    record Part(String name, String fileName, Map<String, String> headers, InputStream content) {}

    MultipartReader(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // So that the first delimiter may be the first of all.
        buffer[0] = '\r';
        buffer[1] = '\n';
        to = 2;
    }

    /// @param contentType of the request
    /// @return what separates its parts
    /// @throws ServingException if it does not say
    static String boundary(String contentType) {
        Matcher found = BOUNDARY.matcher(contentType);
        String boundary = "";
        if (found.find()) {
            boundary = found.group(1) == null ? found.group(2) : found.group(1);
        }
        if (boundary.isEmpty() || boundary.length() > MAX_BOUNDARY_CHARS) {
            throw ServingException.invalid("Content-Type: '%s' (expected: a boundary of 1 to %d characters)"
                    .formatted(HeaderText.quote(contentType), MAX_BOUNDARY_CHARS));
        }
        return boundary;
    }

    /// @return null after the last one
    /// @throws ServingException if it is malformed
    @Nullable
    Part next() throws IOException {
        InputStream rest = new Content();
        rest.transferTo(OutputStream.nullOutputStream());
        if (!ended) {
            takeDelimiter();
        }
        if (ended) {
            in.transferTo(OutputStream.nullOutputStream());
            return null;
        }
        started = true;
        Map<String, String> headers = headers();
        Map<String, String> disposition = disposition(headers.getOrDefault("content-disposition", ""));
        String name = disposition.get("name");
        if (name == null) {
            throw malformed("a part has no name (expected: Content-Disposition: form-data; name=\"...\")");
        }
        return new Part(name, disposition.getOrDefault("filename", ""), headers, new Content());
    }

    private void takeDelimiter() throws IOException {
        from += delimiter.length;
        known = from;
        atDelimiter = false;
        String rest = line();
        if (rest.startsWith("--")) {
            ended = true;
        } else if (!rest.isBlank()) {
            throw malformed("'%s' follows a boundary".formatted(HeaderText.quote(rest)));
        }
    }

    /// The rest of a line. After the last boundary, the body may end without one.
    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (from == to && !fill()) {
                if (line.toString().startsWith("--")) {
                    return line.toString();
                }
                throw cut();
            }
            int octet = buffer[from++] & 0xff;
            known = from;
            if (octet == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) octet);
            if (line.length() > MAX_HEADER_BYTES) {
                throw malformed("a header line has more than %d bytes".formatted(MAX_HEADER_BYTES));
            }
        }
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new TreeMap<>();
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            length += line.length();
            int colon = line.indexOf(':');
            if (colon <= 0 || length > MAX_HEADER_BYTES) {
                throw malformed("a part's header: '%s' (expected: NAME: VALUE, and at most %d bytes in all)"
                        .formatted(HeaderText.quote(line), MAX_HEADER_BYTES));
            }
            byte[] value = line.substring(colon + 1).strip().getBytes(StandardCharsets.ISO_8859_1);
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), new String(value, StandardCharsets.UTF_8));
        }
        return headers;
    }

    private static Map<String, String> disposition(String header) {
        Map<String, String> parameters = new TreeMap<>();
        Matcher found = PARAMETER.matcher(header);
        while (found.find()) {
            String quoted = found.group(2);
            String value = quoted == null ? found.group(3) : quoted;
            parameters.put(found.group(1).toLowerCase(Locale.ROOT), value);
        }
        return parameters;
    }

    /// Looks how much of the buffer belongs to the part, and reads on if nothing is certain.
    private void look() throws IOException {
        scan();
        while (known == from && !atDelimiter) {
            if (!fill()) {
                throw cut();
            }
            scan();
        }
    }

    private void scan() {
        int at = known;
        int last = to - delimiter.length;
        while (!atDelimiter && at <= last) {
            if (buffer[at] == '\r'
                    && Arrays.equals(buffer, at, at + delimiter.length, delimiter, 0, delimiter.length)) {
                atDelimiter = true;
            } else {
                at++;
            }
        }
        known = at;
    }

    /// @return false at the end of the body
    private boolean fill() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            known -= from;
            from = 0;
        }
        int count = in.read(buffer, to, buffer.length - to);
        to += Math.max(count, 0);
        return count > 0;
    }

    private ServingException cut() {
        return malformed(started ? "the body ends within a part" : "no boundary");
    }

    private static ServingException malformed(String what) {
        return ServingException.invalid("malformed multipart/form-data: " + what);
    }

    /// What is left up to the next delimiter.
    private final class Content extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] octet = new byte[1];
            return read(octet, 0, 1) < 0 ? -1 : octet[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int index, int count) throws IOException {
            Objects.checkFromIndexSize(index, count, target.length);
            if (count == 0) {
                return 0;
            }
            if (ended) {
                return -1;
            }
            if (known == from) {
                look();
            }
            int taken = Math.min(count, known - from);
            if (taken == 0) {
                return -1;
            }
            System.arraycopy(buffer, from, target, index, taken);
            from += taken;
            return taken;
        }
    }
}
