package dev.penstock.server.fast;

import java.util.concurrent.atomic.AtomicLong;

/// Bounds the bytes that all doors hold together: requests that arrive or wait for their outcome, and answers
/// that their callers do not take. Thread-safe, never blocks.
///
/// Small requests that are read where they arrived are not counted: what a connection receives at once bounds
/// them.
public final class ByteBudget {
    /// Of what the JVM may use for buffers.
    private static final int SHARE_OF_MEMORY = 4;

    private final long maxBytes;
    private final String setting;
    private final AtomicLong held = new AtomicLong();

    /// @param setting what `maxBytes` comes from, for the message of a refusal; "" if it is fixed
    public ByteBudget(long maxBytes, String setting) {
        this.maxBytes = maxBytes;
        this.setting = setting;
    }

    /// What suits a machine where nobody said how much: a quarter of the memory, and never less than two of the
    /// largest requests need.
    public static long bytesFor(long memoryBytes, long largestRequestBytes) {
        return Math.max(memoryBytes / SHARE_OF_MEMORY, 2 * largestRequestBytes);
    }

    /// @param bytes of which there is always room for none
    public boolean tryTake(long bytes) {
        if (held.addAndGet(bytes) <= maxBytes || bytes == 0) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /// For bytes that exist already and cannot be refused any more.
    public void take(long bytes) {
        held.addAndGet(bytes);
    }

    public void give(long bytes) {
        held.addAndGet(-bytes);
    }

    public boolean isFull() {
        return held.get() >= maxBytes;
    }

    public boolean isHalfFull() {
        return held.get() >= maxBytes / 2;
    }

    public long held() {
        return held.get();
    }

    public long maxBytes() {
        return maxBytes;
    }

    /// What is said to those for whom there is no room.
    ///
    /// @param bytes that there was no room for
    public String refusal(long bytes) {
        return "the server holds %d bytes of requests and answers and has no room for %d more (expected: at most %d together%s); try again later"
                .formatted(held(), bytes, maxBytes, setting.isEmpty() ? "" : ", the setting " + setting);
    }
}
