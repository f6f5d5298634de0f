package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Finds `:status`, `grpc-status` and the headers that are counted apart in header blocks and skips
/// everything else. It knows no dynamic table, as the client allows none. Confined to one stream; allocates
/// nothing for values it knows.
final class ResponseHead {
    static final int NONE = -1;
    private static final int BAD = -2;

    private static final byte[] STATUS = ":status".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STATUS_CODED = Huffman.encode(":status");
    private static final byte[] GRPC_STATUS = "grpc-status".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GRPC_STATUS_CODED = Huffman.encode("grpc-status");
    private static final int STATIC_ENTRIES = 61;
    private static final int FIRST_STATUS_ENTRY = 8;
    private static final int LAST_STATUS_ENTRY = 14;
    private static final int[] STATUS_ENTRIES = {200, 204, 206, 304, 400, 404, 500};
    private static final int MAX_DIGITS = 3;

    private final Breakdown breakdown;

    /// Of headers that are counted apart.
    private final int[] values;

    /// The same as texts.
    final List<String> texts;

    private ByteBuffer in = ByteBuffer.allocate(0);
    private int at;
    private int end;
    private int status;
    private int grpcStatus;

    /// The header of the field at hand that is counted apart, or [Breakdown#NONE].
    private int chosen;

    private enum Name {
        STATUS,
        GRPC_STATUS,
        OTHER
    }

    ResponseHead(Breakdown breakdown) {
        this.breakdown = breakdown;
        this.values = new int[breakdown.size()];
        this.texts = new ArrayList<>(Collections.nCopies(values.length, ""));
    }

    /// The next block belongs to another answer.
    void begin() {
        Arrays.fill(values, HeaderValues.ABSENT);
        Collections.fill(texts, "");
    }

    /// Tells a request of the headers that came since [#begin].
    void tell(Slot slot) {
        System.arraycopy(values, 0, slot.values, 0, values.length);
    }

    /// @param statusOnly if the block cannot say how a call ended, so that all after `:status` may be left unread
    /// unless
    ///     headers are counted apart
    /// @throws ProtocolException if the block is broken or names the dynamic table
    void read(ByteBuffer block, int from, int to, boolean statusOnly) throws ProtocolException {
        in = block;
        at = from;
        end = to;
        status = NONE;
        grpcStatus = NONE;
        boolean all = !statusOnly || values.length > 0;
        while (at < end && (all || status == NONE)) {
            field();
        }
    }

    /// @return [#NONE] if it was not there
    int status() {
        return status;
    }

    /// @return [#NONE] if it was not there; negative or above 16 if it is no status
    int grpcStatus() {
        return grpcStatus;
    }

    private void field() throws ProtocolException {
        int first = in.get(at) & 0xff;
        if (first >= 0x80) {
            indexed(number(0x7f));
        } else if (first >= 0x40) {
            literal(number(0x3f));
        } else if (first >= 0x20) {
            number(0x1f);
        } else {
            literal(number(0x0f));
        }
    }

    private void indexed(int entry) throws ProtocolException {
        if (entry == 0 || entry > STATIC_ENTRIES) {
            throw new ProtocolException("header field " + entry + " (expected: 1 to 61, as no table was allowed)");
        }
        if (entry >= FIRST_STATUS_ENTRY && entry <= LAST_STATUS_ENTRY) {
            status = STATUS_ENTRIES[entry - FIRST_STATUS_ENTRY];
        }
    }

    private void literal(int entry) throws ProtocolException {
        if (entry > STATIC_ENTRIES) {
            throw new ProtocolException("header name " + entry + " (expected: 0 to 61, as no table was allowed)");
        }
        Name name = entry == 0 ? name() : nameOf(entry);
        boolean coded = isCoded();
        int bytes = number(0x7f);
        int value = NONE;
        if (name != Name.OTHER) {
            value = value(coded, bytes);
        }
        int from = at;
        skip(bytes);
        if (chosen != Breakdown.NONE) {
            values[chosen] = breakdown.value(chosen, in, from, bytes, coded);
            texts.set(chosen, breakdown.text(chosen));
        }
        switch (name) {
            case STATUS -> status = value;
            case GRPC_STATUS -> grpcStatus = value;
            case OTHER -> {}
        }
    }

    private Name nameOf(int entry) {
        chosen = breakdown.byEntry(entry);
        return entry >= FIRST_STATUS_ENTRY && entry <= LAST_STATUS_ENTRY ? Name.STATUS : Name.OTHER;
    }

    private Name name() throws ProtocolException {
        boolean coded = isCoded();
        int bytes = number(0x7f);
        int from = at;
        skip(bytes);
        chosen = breakdown.byName(in, from, bytes, coded);
        if (isAt(from, bytes, coded ? GRPC_STATUS_CODED : GRPC_STATUS)) {
            return Name.GRPC_STATUS;
        }
        return isAt(from, bytes, coded ? STATUS_CODED : STATUS) ? Name.STATUS : Name.OTHER;
    }

    private boolean isAt(int from, int bytes, byte[] expected) {
        return HeaderValues.isAt(in, from, bytes, expected);
    }

    private int value(boolean coded, int bytes) throws ProtocolException {
        if (bytes > end - at) {
            throw new ProtocolException("a header value of " + bytes + " bytes (expected: <= " + (end - at) + ")");
        }
        if (bytes == 0 || bytes > MAX_DIGITS) {
            return BAD;
        }
        long digits = 0;
        for (int i = 0; i < bytes; i++) {
            digits = (digits << Byte.SIZE) | (in.get(at + i) & 0xff);
        }
        int value = coded ? Huffman.number(digits, bytes) : plain(digits, bytes);
        return value < 0 ? BAD : value;
    }

    private static int plain(long digits, int bytes) {
        int number = 0;
        for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            int digit = (int) (digits >>> shift & 0xff) - '0';
            if (digit < 0 || digit > 9) {
                return BAD;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private boolean isCoded() throws ProtocolException {
        if (at >= end) {
            throw new ProtocolException("a header block that ends within a field");
        }
        return in.get(at) < 0;
    }

    private void skip(int bytes) throws ProtocolException {
        if (bytes > end - at) {
            throw new ProtocolException("a header string of " + bytes + " bytes (expected: <= " + (end - at) + ")");
        }
        at += bytes;
    }

    /// A number in the low bits of the byte at hand, and in those that follow if they are all set.
    private int number(int mask) throws ProtocolException {
        int number = in.get(at++) & mask;
        if (number < mask) {
            return number;
        }
        for (int shift = 0; shift <= 21; shift += 7) {
            if (at >= end) {
                break;
            }
            int octet = in.get(at++);
            number += (octet & 0x7f) << shift;
            if (octet >= 0) {
                return number;
            }
        }
        throw new ProtocolException("a number in a header block is cut off or above 2^28");
    }
}
