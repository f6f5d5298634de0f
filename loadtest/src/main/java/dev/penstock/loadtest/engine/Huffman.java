package dev.penstock.loadtest.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// As much of HPACK's Huffman code as the answers' statuses need: names are compared in their coded form, as there is
/// only one; of values, numbers are decoded.
final class Huffman {
    // RFC 7541, appendix B, of the characters of ":status" and "grpc-status".
    private static final String CHARACTERS = "acgprstu-:";
    private static final int[] CODES = {0x3, 0x4, 0x26, 0x2b, 0x2c, 0x8, 0x9, 0x2d, 0x16, 0x5c};
    private static final int[] BITS = {5, 5, 6, 6, 6, 5, 5, 6, 6, 7};

    private static final int SHORT_DIGITS = 3;
    private static final int THREE = 0x19;
    private static final int NINE = 0x1f;

    private Huffman() {}

    /// @param name of the characters above
    static byte[] encode(String name) {
        byte[] coded = new byte[name.length()];
        int bytes = 0;
        long bits = 0;
        int count = 0;
        for (byte character : name.getBytes(StandardCharsets.US_ASCII)) {
            int at = CHARACTERS.indexOf(character);
            bits = bits << BITS[at] | CODES[at];
            count += BITS[at];
            while (count >= Byte.SIZE) {
                count -= Byte.SIZE;
                coded[bytes++] = (byte) (bits >>> count);
            }
        }
        if (count > 0) {
            int padding = Byte.SIZE - count;
            coded[bytes++] = (byte) (bits << padding | (1L << padding) - 1);
        }
        return Arrays.copyOf(coded, bytes);
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
