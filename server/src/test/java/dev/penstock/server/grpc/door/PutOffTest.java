package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PutOffTest {
    /// One connection's share of a turn.
    private static final int SHARE = 4096;

    /// When nothing more is read.
    private static final int FULL = 64 * 1024;

    private final PutOff putOff = new PutOff();

    @Test
    void isEmptyAtFirst() {
        assertThat(putOff.isEmpty()).isTrue();
        assertThat(putOff.isFull()).isFalse();
    }

    @Test
    void smallReadsComeBackAsTheyAreAndInTheirOrder() {
        ByteBuf first = bytes(10);
        ByteBuf second = bytes(SHARE);
        putOff.add(first);
        putOff.add(second);

        assertThat(putOff.next()).isSameAs(first);
        assertThat(putOff.next()).isSameAs(second);
        assertThat(putOff.isEmpty()).isTrue();
        first.release();
        second.release();
    }

    @Test
    void aLargeReadComesInShares() {
        ByteBuf large = bytes(2 * SHARE + 1);
        byte[] expected = new byte[large.readableBytes()];
        large.getBytes(0, expected);
        putOff.add(large);

        ByteBuf joined = Unpooled.buffer();
        int shares = 0;
        while (!putOff.isEmpty()) {
            ByteBuf share = putOff.next();
            assertThat(share.readableBytes()).isBetween(1, SHARE);
            joined.writeBytes(share);
            share.release();
            shares++;
        }
        byte[] got = new byte[joined.readableBytes()];
        joined.readBytes(got);
        assertThat(got).isEqualTo(expected);
        assertThat(shares).isEqualTo(3);
        assertThat(large.refCnt()).isZero();
        joined.release();
    }

    @Test
    void isFullFromSoManyBytesOnUntilSomeAreTaken() {
        putOff.add(bytes(FULL - 1));
        assertThat(putOff.isFull()).isFalse();
        putOff.add(bytes(1));
        assertThat(putOff.isFull()).isTrue();

        putOff.next().release();
        assertThat(putOff.isFull()).isFalse();
        putOff.release();
    }

    @Test
    void whatIsLeftIsReleasedWithTheConnection() {
        ByteBuf begun = bytes(FULL);
        ByteBuf whole = bytes(10);
        putOff.add(begun);
        putOff.add(whole);
        ByteBuf share = putOff.next();

        putOff.release();
        assertThat(putOff.isEmpty()).isTrue();
        assertThat(putOff.isFull()).isFalse();
        assertThat(whole.refCnt()).isZero();
        assertThat(begun.refCnt()).as("what was taken is still there").isEqualTo(1);
        share.release();
        assertThat(begun.refCnt()).isZero();
    }

    private static ByteBuf bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }
}
