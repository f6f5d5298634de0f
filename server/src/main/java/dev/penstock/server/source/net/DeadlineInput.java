package dev.penstock.server.source.net;

import dev.penstock.core.NanoClock;
import dev.penstock.server.source.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/// Reads from a socket that may neither be silent for long nor take longer in all than it was given, and for
/// as long as somebody wants it.
final class DeadlineInput extends InputStream {
    /// How often to look whether it is still wanted.
    private static final long SLICE_MILLIS = 500;

    private final Socket socket;
    private final InputStream in;
    private final long silenceMillis;
    private final Deadline deadline;
    private final NanoClock clock;

    DeadlineInput(Socket socket, long silenceMillis, Deadline deadline, NanoClock clock) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.silenceMillis = silenceMillis;
        this.deadline = deadline;
        this.clock = clock;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        long silentMillis = 0;
        while (true) {
            deadline.checkWanted();
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline.nanos() - clock.nanoTime());
            if (leftMillis <= 0) {
                throw new SocketTimeoutException("it took too long in all");
            }
            long sliceMillis = Math.min(SLICE_MILLIS, Math.min(silenceMillis - silentMillis, leftMillis));
            socket.setSoTimeout((int) sliceMillis);
            try {
                return in.read(bytes, offset, length);
            } catch (SocketTimeoutException e) {
                silentMillis += sliceMillis;
                if (silentMillis >= silenceMillis) {
                    throw e;
                }
            }
        }
    }
}
