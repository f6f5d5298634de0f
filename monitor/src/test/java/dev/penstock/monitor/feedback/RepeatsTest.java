package dev.penstock.monitor.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RepeatsTest {
    @Test
    void whatWasSaidWithinTheCapacityIsNeverNew() {
        int capacity = 1000;
        Repeats repeats = new Repeats(capacity);
        BitSet counted = new BitSet();
        for (int thing = 0; thing < 50_000; thing++) {
            counted.set(thing, repeats.add(thing));
            int before = Math.max(0, thing - capacity + 1);

            assertThat(repeats.add(thing)).as("%d at once", thing).isFalse();
            // What was taken for a repeat when it was new never counted.
            assertThat(counted.get(before) && repeats.add(before))
                    .as("%d after %d", before, thing)
                    .isFalse();
        }
    }

    @Test
    void hardlyAnythingNewIsTakenForARepeat() {
        for (int capacity : new int[] {64, 1000, 65_536}) {
            Repeats repeats = new Repeats(capacity);
            int things = 200_000;
            int refused = 0;
            for (long thing = 0; thing < things; thing++) {
                refused += repeats.add(thing << 20) ? 0 : 1;
            }

            assertThat(refused).as("capacity %d", capacity).isLessThan(things / 500);
        }
    }

    @Test
    void whatIsOlderThanTwiceTheCapacityIsForgotten() {
        Repeats repeats = new Repeats(64);
        assertThat(repeats.add(-1)).isTrue();
        for (long thing = 0; thing < 1000; thing++) {
            boolean _ = repeats.add(thing);
        }

        assertThat(repeats.add(-1)).isTrue();
    }

    @Test
    void whatIsKeptOfItRemembersTheSame() {
        Repeats repeats = new Repeats(64);
        Repeats same = new Repeats(64);
        for (long thing = 0; thing < 150; thing++) {
            assertThat(repeats.add(thing)).isEqualTo(same.add(thing));
        }
        Repeats read = Repeats.of(64, repeats.toBytes());

        assertThat(read.toBytes()).isEqualTo(same.toBytes());
        assertThat(read.added()).isZero();
        for (long thing = 0; thing < 300; thing++) {
            assertThat(read.add(thing)).isEqualTo(same.add(thing));
        }
    }

    @Test
    void whatIsKeptOfAnotherIsRefused() {
        byte[] kept = new Repeats(64).toBytes();
        assertThatThrownBy(() -> Repeats.of(1000, kept)).hasMessageStartingWith("kept: ");
        assertThatThrownBy(() -> Repeats.of(65, kept)).hasMessageStartingWith("kept: ");
        kept[3] = 1;
        assertThatThrownBy(() -> Repeats.of(64, kept))
                .hasMessage("kept: format 1, 0 of 64 things (expected: format 2, of 64)");
    }

    @Test
    void whatWasDamagedIsRefusedWhereverItWas() {
        Repeats repeats = new Repeats(64);
        for (long thing = 0; thing < 100; thing++) {
            boolean _ = repeats.add(thing);
        }
        byte[] kept = repeats.toBytes();
        for (int i = 0; i < kept.length; i++) {
            byte[] damaged = kept.clone();
            damaged[i] ^= 1;
            assertThatThrownBy(() -> Repeats.of(64, damaged))
                    .as("byte %d", i)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("kept: ");
        }
    }

    /// Whatever its checksum says: each thing would be a repeat.
    @Test
    void ofFewThingsNotEverythingIsRemembered() {
        byte[] empty = new Repeats(64).toBytes();
        int filter = (empty.length - 16) / 2;
        for (int from : new int[] {16, 16 + filter}) {
            byte[] ones = empty.clone();
            Arrays.fill(ones, from, from + filter, (byte) 0xff);
            CRC32C checksum = new CRC32C();
            checksum.update(ones, 8, ones.length - 8);
            ByteBuffer.wrap(ones).putInt(4, (int) checksum.getValue());

            assertThatThrownBy(() -> Repeats.of(64, ones)).hasMessage("kept: damaged (expected: as it was written)");
        }
    }

    @Test
    void capacitiesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Repeats(63)).hasMessage("capacity: 63 (expected: 64..67108864)");
    }
}
