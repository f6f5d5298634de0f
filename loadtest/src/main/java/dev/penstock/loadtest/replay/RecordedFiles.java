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
    }

    /// Reads file after file. A last line without an end is left out: a server may be about to write it.
    ///
    /// @throws InputError naming the file and the line that cannot be read
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
        for (int next = in.read(); next >= 0 && reader.wantsMore(); next = in.read()) {
            if (next != '\n') {
                line.write(next);
                continue;
            }
            byte[] text = line.toByteArray();
            if (text.length > 0) {
                reader.accept(Recording.parse(file + ", line " + number, text));
            }
            line.reset();
            number++;
        }
    }
}
