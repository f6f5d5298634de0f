package dev.penstock.loadtest.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// HPACK's Huffman code. Names and values that are known are compared in their coded form, as there is only
/// one; of others, statuses are decoded as numbers, and values the first time they are seen.
final class Huffman {
    // RFC 7541, appendix B: how many bits each octet has, and the end of a string; 'A' is 0, 'B' is 1 and so
    // on. The
    // code is canonical, so that the bits follow.
    private static final String LENGTHS = "NX]]]]]]]Y_]]_]]]]]]]]_]]]]]]]]]GKKMNGILKKILIGGGFFFGGGGGGGHIPGMK"
            + "NGHHHHHHHHHHHHHHHHHHHHHHIHINTNOGPFGFGFGGGFHHGGGFGHGFFGHHHHHPLON]"
            + "UWUUWWWXWXXXXXYXYYWXYXXXXVWXWXXYWVUWWXXVXWWYVWXXVVWVXWXXUWWWXWWX"
            + "[[UTWXWZ[[[\\\\[YZTV[\\\\[\\YVV[[]\\\\\\UYUVWVVXWWZZYY[X[\\[[\\\\\\\\\\]\\\\\\\\\\["
            + "_";

    private static final int SHORT_DIGITS = 3;
    private static final int THREE = 0x19;
    private static final int NINE = 0x1f;

    private static final int END = 256;
    private static final int MAX_BITS = 30;
    private static final int[] CODES = new int[LENGTHS.length()];

    // By length: the lowest code, and how many symbols have shorter ones.
    private static final int[] FIRST_CODE = new int[MAX_BITS + 2];
    private static final int[] FIRST_RANK = new int[MAX_BITS + 2];
    private static final int[] BY_RANK = new int[LENGTHS.length()];

    static {
        int code = 0;
        int rank = 0;
        for (int length = 1; length <= MAX_BITS; length++) {
            code <<= 1;
            FIRST_CODE[length] = code;
            FIRST_RANK[length] = rank;
            for (int symbol = 0; symbol < CODES.length; symbol++) {
                if (bitsOf(symbol) == length) {
                    CODES[symbol] = code++;
                    BY_RANK[rank++] = symbol;
                }
            }
        }
        FIRST_RANK[MAX_BITS + 1] = rank;
    }

    private Huffman() {}

    static byte[] encode(String text) {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        long bits = 0;
        int count = 0;
        for (byte octet : text.getBytes(StandardCharsets.ISO_8859_1)) {
            int symbol = octet & 0xff;
            bits = (bits << bitsOf(symbol)) | CODES[symbol];
            count += bitsOf(symbol);
            while (count >= Byte.SIZE) {
                count -= Byte.SIZE;
                coded.write((int) (bits >>> count));
            }
        }
        if (count > 0) {
            int padding = Byte.SIZE - count;
            coded.write((int) ((bits << padding) | ((1L << padding) - 1)));
        }
        return coded.toByteArray();
    }

    /// @throws ProtocolException if it is no coded string
    static String decode(ByteBuffer in, int from, int bytes) throws ProtocolException {
        StringBuilder text = new StringBuilder(2 * bytes);
        int code = 0;
        int length = 0;
        for (int bit = 0; bit < bytes * Byte.SIZE; bit++) {
            int octet = in.get(from + bit / Byte.SIZE);
            code = (code << 1) | ((octet >>> (Byte.SIZE - 1 - bit % Byte.SIZE)) & 1);
            length++;
            int rank = length <= MAX_BITS ? code - FIRST_CODE[length] : -1;
            if (rank >= 0 && rank < FIRST_RANK[length + 1] - FIRST_RANK[length]) {
                int symbol = BY_RANK[FIRST_RANK[length] + rank];
                if (symbol == END) {
                    throw new ProtocolException("a header string with an end inside");
                }
                text.append((char) symbol);
                code = 0;
                length = 0;
            }
        }
        if (length >= Byte.SIZE || code != (1 << length) - 1) {
            throw new ProtocolException("a header string that is not in HPACK's code");
        }
        return text.toString();
    }

    private static int bitsOf(int symbol) {
        return LENGTHS.charAt(symbol) - 'A';
    }

    /// @param coded a coded decimal number of at most 3 digits, the last byte lowest
    /// @return -1 if it is something else
    static int number(long coded, int bytes) {
        int left = bytes * Byte.SIZE;
        int number = 0;
        int digits = 0;
        while (left >= 5) {
            int five = (int) (coded >>> (left - 5)) & 0x1f;
            int digit;
            if (five < SHORT_DIGITS) {
                digit = five;
                left -= 5;
            } else {
                int six = left >= 6 ? (int) (coded >>> (left - 6)) & 0x3f : 0x3f;
                if (six < THREE || six > NINE) {
                    break;
                }
                digit = six - THREE + SHORT_DIGITS;
                left -= 6;
            }
            number = number * 10 + digit;
            digits++;
        }
        long padding = (1L << left) - 1;
        boolean isNumber = digits >= 1 && digits <= 3 && left < Byte.SIZE && (coded & padding) == padding;
        return isNumber ? number : -1;
    }
}
