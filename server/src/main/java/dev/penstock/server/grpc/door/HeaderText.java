package dev.penstock.server.grpc.door;

import java.nio.charset.StandardCharsets;

/// Text as it may stand in a header, whatever a caller put into it.
final class HeaderText {
    /// Status messages travel in the trailers, of which clients take 8 KiB by default.
    static final int MAX_MESSAGE_BYTES = 4096;

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private HeaderText() {}

    /// Percent-encodes everything but printable ASCII, the percent sign and, where `blanks` says so, blanks.
    ///
    /// @return how many bytes it wrote from the start of `to`; what does not fit is cut
    static int encode(byte[] text, int length, byte[] to, boolean blanks) {
        int at = 0;
        for (int i = 0; i < length; i++) {
            byte octet = text[i];
            boolean plain = (octet > ' ' || (blanks && octet == ' ')) && octet < 0x7f && octet != '%';
            if (at + (plain ? 1 : 3) > to.length) {
                break;
            }
            if (plain) {
                to[at++] = octet;
            } else {
                to[at++] = '%';
                to[at++] = HEX[octet >> 4 & 15];
                to[at++] = HEX[octet & 15];
            }
        }
        return at;
    }
}
