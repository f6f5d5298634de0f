package dev.penstock.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.CharBuffer;
import org.junit.jupiter.api.Test;

class CallersTest {
    @Test
    void aPeerIsItsAddressWithoutItsPort() throws UnknownHostException {
        InetAddress one = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        InetAddress other = InetAddress.getByAddress(new byte[] {10, 0, 0, 2});
        int peer = Callers.of(new InetSocketAddress(one, 1));

        assertThat(Callers.of(new InetSocketAddress(one, 2))).isEqualTo(peer);
        assertThat(Callers.of(new InetSocketAddress(other, 1))).isNotEqualTo(peer);
        assertThat(Callers.of(null)).isZero();
    }

    @Test
    void theHeaderCountsBeforeThePeer() {
        assertThat(Callers.of("team-a", 1)).isEqualTo(Callers.of(CharBuffer.wrap("team-a"), 2));
        assertThat(Callers.of("team-a", 1)).isNotEqualTo(Callers.of("team-b", 1));
        assertThat(Callers.of("", 7)).isEqualTo(7);
        assertThat(Callers.of(null, 7)).isEqualTo(7);
    }
}
