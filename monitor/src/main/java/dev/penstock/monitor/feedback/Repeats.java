package dev.penstock.monitor.feedback;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Remembers what was said already, in a memory that does not grow: two Bloom filters, of which the older one
/// is forgotten when the younger one is full.
///
/// What it remembers, it never takes for new: all of the last `capacity` things, and up to as many before
/// them. Of new things it takes at most one in 500 for a repeat: with 16 bits and 6 probes for each thing, a
/// full filter says yes to a share of `(1 - exp(-6/16))^6` = 0.09 % of what it never saw (Bloom 1970), and
/// there are two. For one thread.
public final class Repeats {
    private static final int BITS_EACH = 16;
    private static final int PROBES = 6;
    private static final int FEWEST = 64;
    private static final int MOST = 1 << 26;

    /// Of what is kept, which begins with it.
    private static final int FORMAT = 2;

    /// The format and the checksum, which is of all that comes after it.
    private static final int UNCHECKED_BYTES = 2 * Integer.BYTES;

    private static final int HEAD_BYTES = UNCHECKED_BYTES + 2 * Integer.BYTES;

    private final int capacity;
    private final int mask;
    private long[] younger;
    private long[] older;
    private int count;

    /// Things that were added since there is this one.
    private long added;

    /// @param capacity how many things are remembered for certain, 64 to 2^26; 4 to 8 bytes are taken for each
    public Repeats(int capacity) {
        if (capacity < FEWEST || capacity > MOST) {
            throw new IllegalArgumentException("capacity: %d (expected: %d..%d)".formatted(capacity, FEWEST, MOST));
        }
        this.capacity = capacity;
        long bits = Long.highestOneBit((long) capacity * BITS_EACH - 1) << 1;
        int words = (int) (bits >>> 6);
        mask = (int) (bits - 1);
        younger = new long[words];
        older = new long[words];
    }

    /// @return whether it is new, and is remembered from now on
    public boolean add(long thing) {
        long hash = mixed(thing);
        if (isIn(older, hash) || !put(hash)) {
            return false;
        }
        count++;
        added++;
        if (count == capacity) {
            long[] forgotten = older;
            older = younger;
            Arrays.fill(forgotten, 0);
            younger = forgotten;
            count = 0;
        }
        return true;
    }

    /// How many things were new up to now: what is kept is what it remembers while that is the same.
    public long added() {
        return added;
    }

    /// All that it remembers, for who keeps it.
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + 2 * younger.length * Long.BYTES)
                .putInt(FORMAT)
                .putInt(0)
                .putInt(capacity)
                .putInt(count);
        bytes.asLongBuffer().put(younger).put(older);
        return bytes.putInt(Integer.BYTES, checksum(bytes.array())).array();
    }

    /// What [#toBytes] said of one with that capacity.
    ///
    /// @throws IllegalArgumentException if it is something else, or was damaged meanwhile
    public static Repeats of(int capacity, byte[] kept) {
        Repeats repeats = new Repeats(capacity);
        int length = HEAD_BYTES + 2 * repeats.younger.length * Long.BYTES;
        if (kept.length != length) {
            throw new IllegalArgumentException("kept: %d bytes (expected: %d)".formatted(kept.length, length));
        }
        ByteBuffer bytes = ByteBuffer.wrap(kept);
        int format = bytes.getInt();
        int checksum = bytes.getInt();
        int ofCapacity = bytes.getInt();
        repeats.count = bytes.getInt();
        boolean counts = repeats.count >= 0 && repeats.count < capacity;
        if (format != FORMAT || ofCapacity != capacity || !counts) {
            throw new IllegalArgumentException("kept: format %d, %d of %d things (expected: format %d, of %d)"
                    .formatted(format, repeats.count, ofCapacity, FORMAT, capacity));
        }
        bytes.asLongBuffer().get(repeats.younger).get(repeats.older);
        if (checksum != checksum(kept) || repeats.isOverfull()) {
            throw new IllegalArgumentException("kept: damaged (expected: as it was written)");
        }
        return repeats;
    }

    private static int checksum(byte[] kept) {
        CRC32C checksum = new CRC32C();
        checksum.update(kept, UNCHECKED_BYTES, kept.length - UNCHECKED_BYTES);
        return (int) checksum.getValue();
    }

    /// Whether more is set than so many things can have set: nearly everything would be a repeat.
    private boolean isOverfull() {
        return bitsOf(younger) > (long) PROBES * count || bitsOf(older) > (long) PROBES * capacity;
    }

    private static long bitsOf(long[] filter) {
        return Arrays.stream(filter).map(Long::bitCount).sum();
    }

    private boolean put(long hash) {
        boolean news = false;
        for (int probe = 0; probe < PROBES; probe++) {
            int bit = bit(hash, probe);
            long flag = 1L << bit;
            news |= (younger[bit >>> 6] & flag) == 0;
            younger[bit >>> 6] |= flag;
        }
        return news;
    }

    private boolean isIn(long[] filter, long hash) {
        for (int probe = 0; probe < PROBES; probe++) {
            int bit = bit(hash, probe);
            if ((filter[bit >>> 6] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    // Two hashes make as many as are wanted (Kirsch and Mitzenmacher 2006).
    private int bit(long hash, int probe) {
        return (int) hash + probe * ((int) (hash >>> 32) | 1) & mask;
    }

    // The finalizer of SplitMix64 (Steele, Lea and Flood 2014): tokens count their nonces up.
    private static long mixed(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
