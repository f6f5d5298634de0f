package dev.penstock.server.grpc.door;

import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.RequestIds;
import org.jspecify.annotations.Nullable;

/// Writes the ids that calls are found by in logs and answers. One per event loop, confined to it, allocates nothing.
final class CallIds {
    private static final int MAX_BYTES = 256;

    private final RequestIds ids = RequestIds.random();
    private final byte[] scratch = new byte[MAX_BYTES];

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
        return ids.writeNew(scratch, 0);
    }

    byte[] bytes() {
        return scratch;
    }
}
