package dev.penstock.loadtest.replay;

import dev.penstock.loadtest.input.InputError;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Reads files of recorded requests, one record at a time: they may be larger than the memory.
public final class RecordedFiles {
    private static final int BUFFER_BYTES = 1 << 18;

    private RecordedFiles() {}

    /// What makes a reader stop: enough has been read.
    public interface Reader extends Consumer<Recording> {
        boolean wantsMore();

        /// A line that is no record, after one that is.
        default void broken(InputError why) {
            throw why;
        }
    }

    /// Reads file after file. A last line without an end is left out: a server may be about to write it.
    ///
    /// @throws InputError naming the file that cannot be read, or whose first line cannot
    public static void read(List<Path> files, Reader reader) {
        for (Path file : files) {
            if (ParquetRecords.isOne(file)) {
                parquet(file, reader);
                continue;
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
                lines(file, in, reader);
            } catch (IOException e) {
                throw new InputError(file + ": the file cannot be read: " + e.getMessage());
            }
        }
    }

    private static void parquet(Path file, Reader reader) {
        try {
            ParquetRecords.read(file, reader);
        } catch (IOException e) {
            throw new InputError(file + ": the file cannot be read: " + e.getMessage());
        }
    }

    private static void lines(Path file, InputStream in, Reader reader) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int number = 1;
        boolean read = false;
        for (int next = in.read(); next >= 0 && reader.wantsMore(); next = in.read()) {
            if (next != '\n') {
                line.write(next);
                continue;
            }
            byte[] text = line.toByteArray();
            if (text.length > 0) {
                read |= line(file + ", line " + number, text, read, reader);
            }
            line.reset();
            number++;
        }
    }

    /// @param isOne whether the file is known to be one of records
    /// @return whether it was read
    private static boolean line(String where, byte[] text, boolean isOne, Reader reader) {
        Recording recording;
        try {
            recording = Recording.parse(where, text);
        } catch (InputError e) {
            if (!isOne) {
                throw e;
            }
            reader.broken(e);
            return false;
        }
        reader.accept(recording);
        return true;
    }
}
