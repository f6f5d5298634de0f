package dev.penstock.server.grpc.door;

import dev.penstock.server.wire.HeaderText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The ids that calls are found by in logs and answers. One per event loop, confined to it, allocates nothing.
final class RequestIds {
    static final int MAX_BYTES = 256;

    private final byte[] prefix;
    private final byte[] scratch = new byte[MAX_BYTES];
    private long next = 1;

    /// @param prefix tells the ids of this loop from those of others, here and in other processes
    RequestIds(String prefix) {
        this.prefix = (prefix + "-").getBytes(StandardCharsets.US_ASCII);
    }

    /// Writes the id of a call: what its message says stands over what its metadata says, and that over a new one.
    ///
    /// @return the bytes of the id in [#bytes]
    int write(byte[] messageId, int messageIdLength, @Nullable CharSequence sent) {
        if (messageIdLength > 0) {
            return HeaderText.encode(messageId, messageIdLength, scratch, false);
        }
        if (sent != null && HeaderText.isPlainId(sent)) {
            for (int i = 0; i < sent.length(); i++) {
                scratch[i] = (byte) sent.charAt(i);
            }
            return sent.length();
        }
        return fresh();
    }

    byte[] bytes() {
        return scratch;
    }

    private int fresh() {
        System.arraycopy(prefix, 0, scratch, 0, prefix.length);
        int digits = 1;
        for (long rest = next / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int end = prefix.length + digits;
        long rest = next++;
        for (int i = end - 1; i >= prefix.length; i--) {
            scratch[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return end;
    }
}
