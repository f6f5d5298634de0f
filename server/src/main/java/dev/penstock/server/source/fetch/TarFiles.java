package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the files of a tar archive (ustar, with the long names of pax and GNU), one after the other, and
/// trusts nothing in it: a path is a plain one below the archive's top, and what is neither a file nor a
/// folder is refused. Hidden files stay out. Confined to one thread.
final class TarFiles {
    private static final int BLOCK = 512;

    /// Folders, hidden files and long names cost something, too.
    private static final int MAX_ENTRIES = 10_000;

    private static final int MAX_NOTE = 64 * 1024;
    private static final int SIZE_AT = 124;
    private static final int SUM_AT = 148;
    private static final int SUM_BYTES = 8;
    private static final int TYPE_AT = 156;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    private static final int NUMBER_BYTES = 12;
    private static final int NAME_BYTES = 100;
    private static final int PREFIX_BYTES = 155;

    private final InputStream in;
    private final long maxBytes;
    private final Taker taker;
    private final byte[] header = new byte[BLOCK];
    private final byte[] skipped = new byte[BLOCK * 16];
    private long leftBytes;

    /// What the next entry is called and how many bytes it has, if a note before it says so.
    private String notedPath = "";

    private long notedBytes = -1;

    /// Gets each file.
    interface Taker {
        /// @param content exactly that file; what is not read of it is skipped
        void take(String path, InputStream content);
    }

    private TarFiles(InputStream in, long maxBytes, Taker taker) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.leftBytes = maxBytes;
        this.taker = taker;
    }

    /// Reads up to the archive's end, which may be before that of the stream.
    ///
    /// @param maxBytes of all entries together, also of those that stay out
    /// @throws FetchException with `CORRUPT` if it is cut off or none, with `REFUSED` for what it must not have,
    ///     and with `TOO_LARGE`
    static void each(InputStream in, long maxBytes, Taker taker) {
        try {
            new TarFiles(in, maxBytes, taker).readAll();
        } catch (IOException e) {
            throw corrupt(e);
        }
    }

    private static FetchException corrupt(IOException cause) {
        return new FetchException(Reason.CORRUPT, "its archive cannot be read: " + cause.getMessage(), cause);
    }

    private void readAll() throws IOException {
        for (int entries = 0; nextHeader(); entries++) {
            if (entries == MAX_ENTRIES) {
                throw new FetchException(
                        Reason.TOO_LARGE, "its archive has more than %d entries".formatted(MAX_ENTRIES));
            }
            entry();
        }
    }

    /// @return false at the end
    private boolean nextHeader() throws IOException {
        if (in.readNBytes(header, 0, BLOCK) < BLOCK) {
            throw new EOFException("it is cut off");
        }
        int sum = 0;
        boolean empty = true;
        for (int i = 0; i < BLOCK; i++) {
            boolean ofSum = i >= SUM_AT && i < SUM_AT + SUM_BYTES;
            sum += ofSum ? ' ' : header[i] & 0xff;
            empty &= header[i] == 0;
        }
        if (empty) {
            return false;
        }
        if (sum != octal(SUM_AT, SUM_BYTES) || !text(MAGIC_AT, 5).equals("ustar")) {
            throw new IOException("it is no tar archive, or damaged");
        }
        return true;
    }

    private void entry() throws IOException {
        byte type = header[TYPE_AT];
        boolean isFile = type == '0' || type == '7' || type == 0;
        long bytes = isFile && notedBytes >= 0 ? notedBytes : octal(SIZE_AT, NUMBER_BYTES);
        leftBytes -= bytes;
        if (leftBytes < 0) {
            throw new FetchException(
                    Reason.TOO_LARGE,
                    "its archive has more bytes when it is unpacked (expected: at most %d)".formatted(maxBytes));
        }
        Content content = new Content(in, bytes);
        if (isFile) {
            file(content);
        } else {
            other(type, content);
        }
        skip(content.left + (BLOCK - bytes % BLOCK) % BLOCK);
    }

    /// By reading: a stream that hashes does not see what is skipped.
    private void skip(long bytes) throws IOException {
        for (long left = bytes; left > 0; ) {
            int count = in.read(skipped, 0, (int) Math.min(skipped.length, left));
            if (count < 0) {
                throw new EOFException("it is cut off");
            }
            left -= count;
        }
    }

    private void other(byte type, Content content) throws IOException {
        switch (type) {
            case 'x' -> readPax(note(content));
            case 'L' -> notedPath = untilNul(note(content));
            case 'g' -> {
                byte[] _ = note(content);
            }
            case '5' -> forgetNotes();
            default ->
                throw new FetchException(
                        Reason.REFUSED,
                        "its archive has '%s', which is neither a file nor a folder (entry type %s)"
                                .formatted(shown(path()), shown(text(TYPE_AT, 1))));
        }
    }

    private static String untilNul(byte[] note) {
        String text = new String(note, StandardCharsets.UTF_8);
        int nul = text.indexOf('\0');
        return nul < 0 ? text : text.substring(0, nul);
    }

    private void file(Content content) {
        String path = path().replaceFirst("^(\\./)+", "");
        forgetNotes();
        if (FileNames.wanted(FileNames.checked(path))) {
            taker.take(path, content);
        }
    }

    private String path() {
        if (!notedPath.isEmpty()) {
            return notedPath;
        }
        // GNU's own form has other things there.
        String prefix = header[MAGIC_AT + 5] == 0 ? text(PREFIX_AT, PREFIX_BYTES) : "";
        return prefix.isEmpty() ? text(0, NAME_BYTES) : prefix + "/" + text(0, NAME_BYTES);
    }

    private void forgetNotes() {
        notedPath = "";
        notedBytes = -1;
    }

    private static byte[] note(Content content) throws IOException {
        byte[] note = content.readNBytes(MAX_NOTE + 1);
        if (note.length > MAX_NOTE) {
            throw new IOException("a name in it has more than %d bytes".formatted(MAX_NOTE));
        }
        return note;
    }

    /// Lines of their own length, a blank, and `name=value`.
    private void readPax(byte[] note) throws IOException {
        int at = 0;
        while (at < note.length) {
            int blank = at;
            while (blank < note.length && note[blank] != ' ') {
                blank++;
            }
            int length = (int) number(new String(note, at, blank - at, StandardCharsets.US_ASCII), 10);
            if (length <= blank + 1 - at || length > note.length - at) {
                throw new IOException("a header in it is damaged");
            }
            String[] pair = new String(note, blank + 1, at + length - blank - 2, StandardCharsets.UTF_8).split("=", 2);
            if (pair[0].equals("path") && pair.length == 2) {
                notedPath = pair[1];
            } else if (pair[0].equals("size") && pair.length == 2) {
                notedBytes = number(pair[1], 10);
            }
            at += length;
        }
    }

    private long octal(int at, int bytes) throws IOException {
        return number(text(at, bytes).strip(), 8);
    }

    private static long number(String text, int radix) throws IOException {
        if (!text.matches("[0-9]{1,15}")) {
            throw new IOException("a number in it is none");
        }
        try {
            return Long.parseLong(text, radix);
        } catch (NumberFormatException e) {
            throw new IOException("a number in it is none", e);
        }
    }

    private String text(int at, int most) {
        int end = at;
        while (end < at + most && header[end] != 0) {
            end++;
        }
        return new String(Arrays.copyOfRange(header, at, end), StandardCharsets.UTF_8);
    }

    private static String shown(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /// So many bytes of the archive.
    private static final class Content extends InputStream {
        private final InputStream in;
        private long left;

        Content(InputStream in, long bytes) {
            this.in = in;
            this.left = bytes;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            try {
                int count = in.read(bytes, offset, (int) Math.min(length, left));
                if (count < 0) {
                    throw new EOFException("it is cut off");
                }
                left -= count;
                return count;
            } catch (IOException e) {
                // Whoever keeps it would take it for a fault of the disk or the network.
                throw corrupt(e);
            }
        }
    }
}
