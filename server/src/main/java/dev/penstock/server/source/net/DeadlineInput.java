package dev.penstock.server.source.net;

import dev.penstock.core.NanoClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/// Reads from a socket that may neither be silent for long nor take longer in all than it was given.
final class DeadlineInput extends InputStream {
    private final Socket socket;
    private final InputStream in;
    private final long silenceMillis;
    private final long deadlineNanos;
    private final NanoClock clock;

    DeadlineInput(Socket socket, long silenceMillis, long deadlineNanos, NanoClock clock) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.silenceMillis = silenceMillis;
        this.deadlineNanos = deadlineNanos;
        this.clock = clock;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - clock.nanoTime());
        if (leftMillis <= 0) {
            throw new SocketTimeoutException("it took too long in all");
        }
        socket.setSoTimeout((int) Math.min(silenceMillis, leftMillis));
        return in.read(bytes, offset, length);
    }
}
