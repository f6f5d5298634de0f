package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The headers of answers whose values one loop counts apart. Confined to the loop while it runs; allocates
/// nothing for values that it knows.
final class Breakdown {
    static final int NONE = -1;

    // RFC 7541, appendix A, from entry 15 on: those that are no pseudo-headers.
    private static final int FIRST_ENTRY = 15;
    private static final List<String> ENTRIES = List.of(
            "accept-charset accept-encoding accept-language accept-ranges accept access-control-allow-origin age allow"
                    .concat(" authorization cache-control content-disposition content-encoding content-language")
                    .concat(" content-length content-location content-range content-type cookie date etag expect")
                    .concat(" expires from host if-match if-modified-since if-none-match if-range")
                    .concat(" if-unmodified-since last-modified link location max-forwards proxy-authenticate")
                    .concat(" proxy-authorization range referer refresh retry-after server set-cookie")
                    .concat(" strict-transport-security transfer-encoding user-agent vary via www-authenticate")
                    .split(" "));

    private final HeaderValues[] headers;
    private final byte[][] names;
    private final byte[][] codedNames;
    private final byte[][] fields;
    private final int[] entries;

    /// @param names in lower case
    Breakdown(List<String> names) {
        int count = names.size();
        this.headers = new HeaderValues[count];
        this.names = new byte[count][];
        this.codedNames = new byte[count][];
        this.fields = new byte[count][];
        this.entries = new int[count];
        for (int i = 0; i < count; i++) {
            String name = names.get(i);
            headers[i] = new HeaderValues(name);
            this.names[i] = name.getBytes(StandardCharsets.US_ASCII);
            codedNames[i] = Huffman.encode(name);
            fields[i] = (name + ":").getBytes(StandardCharsets.US_ASCII);
            int entry = ENTRIES.indexOf(name);
            entries[i] = entry < 0 ? NONE : FIRST_ENTRY + entry;
        }
    }

    int size() {
        return headers.length;
    }

    /// Of HPACK's static table.
    ///
    /// @return which of the headers, or [#NONE]
    int byEntry(int entry) {
        for (int i = 0; i < entries.length; i++) {
            if (entries[i] == entry) {
                return i;
            }
        }
        return NONE;
    }

    /// @param coded in HPACK's Huffman code
    /// @return which of the headers, or [#NONE]
    int byName(ByteBuffer in, int from, int bytes, boolean coded) {
        for (int i = 0; i < names.length; i++) {
            if (HeaderValues.isAt(in, from, bytes, coded ? codedNames[i] : names[i])) {
                return i;
            }
        }
        return NONE;
    }

    /// What a header's line begins with in HTTP/1.1.
    byte[] field(int header) {
        return fields[header];
    }

    /// @return a number for that value
    int value(int header, ByteBuffer in, int from, int bytes, boolean coded) throws ProtocolException {
        return headers[header].find(in, from, bytes, coded);
    }

    /// The text of that header's last [#value].
    String text(int header) {
        return headers[header].found();
    }

    /// @param values of the headers, by their numbers
    void answered(int[] values, int code, long nanos) {
        for (int i = 0; i < headers.length; i++) {
            headers[i].tally(values[i]).answered(code, nanos);
        }
    }

    HeaderValues header(int header) {
        return headers[header];
    }
}
