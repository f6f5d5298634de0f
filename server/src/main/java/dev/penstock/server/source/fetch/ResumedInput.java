package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads something far away to its end, over as many connections as it takes; what came is also left in a
/// part file, so that a later try goes on from there.
///
/// Bytes of two versions are never mixed: after a break it goes on only if the other side proves, by a
/// validator, that it still has the same.
final class ResumedInput extends InputStream {
    private static final int MAX_FAILURES = 5;

    private final Remote remote;
    private final Part part;
    private final Pauses pauses;
    private final long maxBytes;
    private final boolean hashGiven;

    /// Where the next byte from the network belongs.
    private long position;

    /// How many bytes were read out; behind [#position] while the part of an earlier try is read.
    private long read;

    private String validator;
    private int failures;
    private Remote.@Nullable Answer answer;

    /// @param hashGiven whether a cut-off end would be noticed without the other side saying where it is
    ResumedInput(Remote remote, Part part, Pauses pauses, long maxBytes, boolean hashGiven) {
        this.remote = remote;
        this.part = part;
        this.pauses = pauses;
        this.maxBytes = maxBytes;
        this.hashGiven = hashGiven;
        this.validator = part.validator();
        this.position = part.bytes();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            try {
                return tryRead(bytes, offset, length);
            } catch (IOException e) {
                failed(e);
            }
        }
    }

    private int tryRead(byte[] bytes, int offset, int length) throws IOException {
        Remote.Answer from = answer == null ? connect() : answer;
        if (read < position) {
            int count = part.read(read, bytes, offset, (int) Math.min(length, position - read));
            read += count;
            return count;
        }
        int count = from.body().read(bytes, offset, length);
        if (count < 0) {
            checkEnd(from);
            part.drop();
            return -1;
        }
        if (position + count > maxBytes) {
            part.drop();
            throw tooLarge("more than " + maxBytes);
        }
        part.append(bytes, offset, count);
        position += count;
        read = position;
        failures = 0;
        return count;
    }

    private void checkEnd(Remote.Answer from) throws IOException {
        if (from.total() >= 0 && position != from.total()) {
            throw new EOFException("it ended after %d of %d bytes".formatted(position, from.total()));
        }
        if (!from.delimited() && !hashGiven) {
            throw new FetchException(
                    Reason.REFUSED,
                    "its server does not say where it ends; give its sha256, so that it can be checked");
        }
    }

    private Remote.Answer connect() throws IOException {
        Remote.Answer opened = remote.open(position, validator);
        answer = opened;
        if (opened.total() > maxBytes) {
            part.drop();
            throw tooLarge(Long.toString(opened.total()));
        }
        boolean same = !opened.validator().isEmpty() && opened.validator().equals(validator);
        if (position > 0 && opened.from() == 0 && same) {
            opened.body().skipNBytes(position);
        } else if (position > 0 && !(opened.from() == position && same)) {
            beginAgain(opened);
        }
        if (position == 0) {
            validator = opened.validator();
            part.begin(validator);
        }
        return opened;
    }

    private void beginAgain(Remote.Answer opened) throws IOException {
        if (read > 0) {
            part.drop();
            throw new FetchException(Reason.UNREACHABLE, "it was changed while it was fetched; try again");
        }
        position = 0;
        if (opened.from() != 0) {
            validator = "";
            throw new IOException("it was changed since a part of it was fetched");
        }
    }

    private void failed(IOException failure) {
        closeAnswer();
        if (read > 0 && validator.isEmpty()) {
            throw new FetchException(
                    Reason.UNREACHABLE,
                    "it broke off after %d bytes and its server gives no ETag to go on by: %s"
                            .formatted(position, failure.getMessage()),
                    failure);
        }
        if (failures >= MAX_FAILURES) {
            throw new FetchException(
                    Reason.UNREACHABLE,
                    "it was tried %d times: %s".formatted(failures + 1, failure.getMessage()),
                    failure);
        }
        try {
            pauses.pause(failures);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FetchException(Reason.UNREACHABLE, "it was interrupted", e);
        }
        failures++;
    }

    /// What came is of no use to a later try.
    void leaveNothing() {
        part.drop();
    }

    private static FetchException tooLarge(String bytes) {
        return new FetchException(Reason.TOO_LARGE, "it has " + bytes + " bytes, more than is taken");
    }

    private void closeAnswer() {
        Remote.@Nullable Answer open = answer;
        answer = null;
        if (open != null) {
            try {
                open.body().close();
            } catch (IOException e) {
                // It is gone, which is what was wanted.
            }
        }
    }

    @Override
    public void close() throws IOException {
        closeAnswer();
        part.close();
    }
}
