package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The values that one header of answers had, and what was counted for each. Values are known by their bytes
/// on the wire, so that only a new one is decoded and makes garbage. Confined to one loop.
final class HeaderValues {
    /// Answers without the header.
    static final int ABSENT = 0;

    private static final int FORMS = 256;

    /// Beyond that a value is decoded each time, so that a few values in odd forms do not fill the table.
    private static final int MAX_FORMS = FORMS / 2;

    private final String name;
    private final List<String> values = new ArrayList<>(List.of(""));
    private final List<PartTally> tallies = new ArrayList<>(List.of(new PartTally()));

    /// An open-addressing table of what values look like.
    private final @Nullable Form[] forms = new @Nullable Form[FORMS];

    private int formCount;
    private String found = "";

    private static final class Form {
        final byte[] bytes;
        final boolean coded;
        final String text;
        final int value;

        Form(byte[] bytes, boolean coded, String text, int value) {
            this.bytes = bytes;
            this.coded = coded;
            this.text = text;
            this.value = value;
        }
    }

    HeaderValues(String name) {
        this.name = name;
    }

    /// Finds a value, or makes a place for it if there are not too many.
    ///
    /// @param coded in HPACK's Huffman code
    /// @return its number, for [#tally]
    int find(ByteBuffer in, int from, int bytes, boolean coded) throws ProtocolException {
        int at = hash(in, from, bytes);
        for (Form form = forms[at]; form != null; form = forms[at]) {
            if (form.coded == coded && isAt(in, from, bytes, form.bytes)) {
                found = form.text;
                return form.value;
            }
            at = (at + 1) & (FORMS - 1);
        }
        found = coded ? Huffman.decode(in, from, bytes) : plain(in, from, bytes);
        int value = valueOf(found);
        boolean told = !values.get(value).equals(LoadPart.OTHERS);
        if (told && formCount < MAX_FORMS) {
            byte[] seen = new byte[bytes];
            in.get(from, seen);
            forms[at] = new Form(seen, coded, found, value);
            formCount++;
        }
        return value;
    }

    /// What [#find] found last: the value itself, also where it is counted with others.
    String found() {
        return found;
    }

    private static int hash(ByteBuffer in, int from, int bytes) {
        int hash = bytes;
        for (int i = 0; i < bytes; i++) {
            hash = 31 * hash + in.get(from + i);
        }
        return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (FORMS - 1);
    }

    static boolean isAt(ByteBuffer in, int from, int bytes, byte[] expected) {
        if (bytes != expected.length) {
            return false;
        }
        for (int i = 0; i < bytes; i++) {
            if (in.get(from + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    private static String plain(ByteBuffer in, int from, int bytes) {
        byte[] text = new byte[bytes];
        in.get(from, text);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private int valueOf(String text) {
        int known = values.indexOf(text);
        if (known >= 0) {
            return known;
        }
        // The absent one and the others come on top.
        boolean room = values.size() <= LoadPart.MAX_VALUES;
        if (!room && values.size() > LoadPart.MAX_VALUES + 1) {
            return values.size() - 1;
        }
        values.add(room ? text : LoadPart.OTHERS);
        tallies.add(new PartTally());
        return values.size() - 1;
    }

    PartTally tally(int value) {
        return tallies.get(value);
    }

    String name() {
        return name;
    }

    List<String> values() {
        return values;
    }
}
