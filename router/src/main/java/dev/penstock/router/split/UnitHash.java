package dev.penstock.router.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.core.Murmur3;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongBinaryOperator;

/// Where the units of one salt go: `MurmurHash3_x64_128(utf8(salt) 0x00 utf8(unit))`. Thread-safe; allocates
/// nothing for a unit of ASCII that is not long.
final class UnitHash {
    private static final int KEY_BYTES = 512;
    private static final LongBinaryOperator PLACE = Place::of;
    private static final ThreadLocal<Key> KEY = ThreadLocal.withInitial(() -> new Key(KEY_BYTES));

    /// With the zero behind it.
    private final byte[] salt;

    /// Where a key is put together.
    private static final class Key {
        final byte[] bytes;
        final MemorySegment segment;

        Key(int length) {
            bytes = new byte[length];
            segment = MemorySegment.ofArray(bytes);
        }
    }

    UnitHash(String salt) {
        byte[] text = salt.getBytes(UTF_8);
        this.salt = Arrays.copyOf(text, text.length + 1);
    }

    /// @return a [Place] with bucket and second hash
    long place(CharSequence unit) {
        int length = salt.length + unit.length();
        Key key = length <= KEY_BYTES ? KEY.get() : new Key(length);
        byte[] bytes = key.bytes;
        System.arraycopy(salt, 0, bytes, 0, salt.length);
        for (int i = 0, at = salt.length; at < length; i++, at++) {
            char character = unit.charAt(i);
            if (character >= 0x80) {
                return beyondAscii(unit);
            }
            bytes[at] = (byte) character;
        }
        return Murmur3.hash(key.segment, 0, length, PLACE);
    }

    private long beyondAscii(CharSequence unit) {
        byte[] text = unit.toString().getBytes(UTF_8);
        byte[] bytes = Arrays.copyOf(salt, salt.length + text.length);
        System.arraycopy(text, 0, bytes, salt.length, text.length);
        return Murmur3.hash(MemorySegment.ofArray(bytes), 0, bytes.length, PLACE);
    }

    /// Of a request without a unit.
    static long random() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return Place.of(random.nextLong(), random.nextLong());
    }
}
