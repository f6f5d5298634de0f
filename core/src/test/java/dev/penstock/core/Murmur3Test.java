package dev.penstock.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/// Against what Austin Appleby's own MurmurHash3_x64_128 gives.
class Murmur3Test {
    private static final int KEYS = 256;

    @Test
    void theFirstHalfIsThatOfThePublishedFunction() {
        assertThat(Murmur3.hash("".getBytes(UTF_8))).isZero();
        assertThat(Murmur3.hash("hello".getBytes(UTF_8))).isEqualTo(0xcbd8a7b341bd9b02L);
        assertThat(Murmur3.hash("The quick brown fox jumps over the lazy dog".getBytes(UTF_8)))
                .isEqualTo(0xe34bbc7bbc071b6cL);
    }

    @Test
    void bothHalvesAreGivenOut() {
        byte[] text = "The quick brown fox jumps over the lazy dog".getBytes(UTF_8);

        long second = Murmur3.hash(MemorySegment.ofArray(text), 0, text.length, (_, half) -> half);

        assertThat(second).isEqualTo(0x7a433ca9c49a9347L);
    }

    /// SMHasher's own check: the keys {}, {0}, {0, 1}, ... with the seeds 256, 255, ...; and of all those
    /// hashes the first four bytes of the hash.
    @Test
    void itIsTheFunctionThatSmHasherVerifies() {
        byte[] hashes = new byte[KEYS * 16];
        MemorySegment all = MemorySegment.ofArray(hashes);
        ValueLayout.OfLong little = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        byte[] key = new byte[KEYS];
        for (int length = 0; length < KEYS; length++) {
            key[length] = (byte) length;
            MemorySegment bytes = MemorySegment.ofArray(key);
            all.set(little, length * 16L, Murmur3.hash(bytes, 0, length, KEYS - length, (half, _) -> half));
            all.set(little, length * 16L + 8, Murmur3.hash(bytes, 0, length, KEYS - length, (_, half) -> half));
        }

        assertThat((int) Murmur3.hash(hashes)).isEqualTo(0x6384BA69);
    }
}
