package dev.penstock.loadtest.engine;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An answer while it comes in: counts its bytes, and keeps them only if they are to be compared and do not
/// come in one piece.
final class Answer {
    private @Nullable AnswerCheck check;
    private boolean verify;
    private boolean complete;
    private boolean right;
    private boolean verified;
    private long sentNanos;
    private List<String> headers = List.of();
    private int firstByte;
    private long received;
    private ByteBuffer kept = ByteBuffer.allocate(0);

    /// @param headers as the check gets them
    void begin(@Nullable AnswerCheck check, boolean verify, long sentNanos, List<String> headers) {
        this.check = check;
        this.sentNanos = sentNanos;
        this.headers = headers;
        this.verify = verify && check != null;
        complete = false;
        right = false;
        verified = false;
        firstByte = -1;
        received = 0;
        kept.clear();
    }

    /// Takes bytes from where `in` stands and moves on.
    ///
    /// @param whole if these bytes are all there is to the answer
    void take(ByteBuffer in, int bytes, boolean whole) {
        if (received == 0 && bytes > 0) {
            firstByte = in.get(in.position()) & 0xff;
        }
        received += bytes;
        if (verify) {
            ByteBuffer piece = in.slice(in.position(), bytes);
            if (whole) {
                compare(piece);
            } else {
                keep(piece);
            }
        }
        in.position(in.position() + bytes);
    }

    private void keep(ByteBuffer piece) {
        if (kept.remaining() < piece.remaining()) {
            ByteBuffer larger = ByteBuffer.allocate(2 * (kept.position() + piece.remaining()));
            larger.put(kept.flip());
            kept = larger;
        }
        kept.put(piece);
    }

    /// All of it is here.
    void end() {
        complete = true;
        if (check == null) {
            right = true;
            return;
        }
        if (verify && !verified) {
            compare(kept.flip());
        }
        long expected = check.expectedBytes();
        right = (expected < 0 || expected == received) && (!verify || right);
    }

    private void compare(ByteBuffer answer) {
        right = check != null && check.accepts(answer, sentNanos, headers);
        verified = true;
    }

    boolean isComplete() {
        return complete;
    }

    /// Of a complete answer.
    int code() {
        return right ? Codes.OK : Codes.WRONG_ANSWER;
    }

    boolean wasVerified() {
        return verified && right;
    }

    /// @return -1 if it is empty
    int firstByte() {
        return firstByte;
    }

    long received() {
        return received;
    }
}
