package dev.penstock.server.grpc.door;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Remembers request heads by their bytes, so that a head seen before is checked by comparing it. Confined to one
/// event loop; allocates nothing on a hit.
///
/// Only heads in the order in which every protobuf library writes them are remembered: name and version, then the id,
/// which differs from call to call, then all else up to the tensors' bytes.
final class HeadCache {
    private static final int WAYS = 4;
    private static final int SETS_BITS = 7;
    private static final int SETS = 1 << SETS_BITS;
    private static final int MAX_HEAD_BYTES = 512;
    private static final int MIN_MESSAGE_BYTES = 2 * Long.BYTES;
    private static final int ID_TAG = 3 << 3 | WireCursor.BYTES;
    private static final int RAW_TAG = 7 << 3 | WireCursor.BYTES;

    private final MemorySegment bytes = Arena.ofAuto().allocate((long) SETS * WAYS * MAX_HEAD_BYTES);
    private final @Nullable Head[] heads = new @Nullable Head[SETS * WAYS];
    private final int[] startBytes = new int[SETS * WAYS];
    private final int[] restBytes = new int[SETS * WAYS];
    private final int[] victims = new int[SETS];
    private final WireCursor in = new WireCursor();

    // What the last hit found.
    private long idAddress;
    private int idLength;
    private long[] raws = new long[4];

    long idAddress() {
        return idAddress;
    }

    int idLength() {
        return idLength;
    }

    /// Where the bytes of the tensor at that place of the request begin.
    long rawAddress(int place) {
        return raws[place];
    }

    void clear() {
        Arrays.fill(heads, null);
    }

    /// @return the head of that message, or null if it is not known or the message needs a closer look
    @Nullable
    Head find(long address, int length) {
        if (length < MIN_MESSAGE_BYTES) {
            return null;
        }
        int slot = set(address, length) * WAYS;
        for (int i = slot; i < slot + WAYS; i++) {
            Head head = heads[i];
            if (head != null && matches(i, head, address, address + length)) {
                return head;
            }
        }
        return null;
    }

    private boolean matches(int slot, Head head, long address, long end) {
        long known = bytes.address() + (long) slot * MAX_HEAD_BYTES;
        int start = startBytes[slot];
        int rest = restBytes[slot];
        if (start + rest > end - address || !Memory.same(address, known, start)) {
            return false;
        }
        long at = readId(address + start, end);
        if (at < 0 || rest > end - at || !Memory.same(at, known + start, rest)) {
            return false;
        }
        return readRaws(head, at + rest, end);
    }

    /// @return where the id ends, or -1 if it is long or not plain
    private long readId(long at, long end) {
        idLength = 0;
        if (at >= end || Memory.byteAt(at) != ID_TAG) {
            return at;
        }
        int length = at + 1 < end ? Memory.byteAt(at + 1) : -1;
        if (length < 0 || length > end - at - 2) {
            return -1;
        }
        idAddress = at + 2;
        idLength = length;
        return Utf8.isValid(idAddress, length) ? at + 2 + length : -1;
    }

    private boolean readRaws(Head head, long from, long end) {
        long at = from;
        for (int i = 0; i < head.inputs.length; i++) {
            int expected = head.inputBytes[i];
            if (at >= end || Memory.byteAt(at++) != RAW_TAG) {
                return false;
            }
            for (int rest = expected; ; rest >>>= 7) {
                int octet = rest > 127 ? (rest & 127) | 128 : rest;
                if (at >= end || (Memory.byteAt(at++) & 0xff) != octet) {
                    return false;
                }
                if (rest <= 127) {
                    break;
                }
            }
            raws[i] = at;
            at += expected;
        }
        return at == end;
    }

    /// Remembers the head of a message that was read and found to be `head`'s, if it is written in order.
    void remember(Head head, long address, int length) {
        if (length < MIN_MESSAGE_BYTES) {
            return;
        }
        long idAt = skipFields(address, length, 1, 2);
        if (idAt >= address + length) {
            return;
        }
        long restAt = Memory.byteAt(idAt) == ID_TAG ? skipFields(idAt, length - (int) (idAt - address), 3, 3) : idAt;
        long rawAt = skipFields(restAt, length - (int) (restAt - address), 4, 6);
        long headBytes = idAt - address + rawAt - restAt;
        if (headBytes > MAX_HEAD_BYTES) {
            return;
        }
        int set = set(address, length);
        int slot = set * WAYS + (victims[set]++ & WAYS - 1);
        long to = bytes.address() + (long) slot * MAX_HEAD_BYTES;
        startBytes[slot] = (int) (idAt - address);
        restBytes[slot] = (int) (rawAt - restAt);
        Memory.copy(address, to, startBytes[slot]);
        Memory.copy(restAt, to + startBytes[slot], restBytes[slot]);
        if (raws.length < head.inputs.length) {
            raws = new long[head.inputs.length];
        }
        heads[slot] = head;
        // What does not match itself is of no use: its raw tensors are not where they should be.
        if (!matches(slot, head, address, address + length)) {
            heads[slot] = null;
        }
    }

    /// @return where the first field outside `first` to `last` begins, or the end
    private long skipFields(long address, int length, int first, int last) {
        in.begin(address, length);
        int previous = first;
        while (!in.atEnd()) {
            long at = in.position();
            int tag = in.tag();
            int field = tag >>> 3;
            if (field < previous || field > last || (tag & 7) != WireCursor.BYTES) {
                return at;
            }
            in.skip(tag);
            previous = field;
        }
        return in.position();
    }

    // By the first bytes of the name field and no others, as what follows a short name may be the id; and by the
    // length, which tells requests of different rows from one another.
    private static int set(long address, int length) {
        int nameLength = Memory.byteAt(address + 1);
        int used = nameLength < 0 ? Long.BYTES : Math.min(nameLength + 2, Long.BYTES);
        long key = Memory.ALL.get(JAVA_LONG_UNALIGNED, address) << ((Long.BYTES - used) * Byte.SIZE);
        return (int) (((key ^ length >>> 3) * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - SETS_BITS));
    }
}
