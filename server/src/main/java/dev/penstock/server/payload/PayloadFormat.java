package dev.penstock.server.payload;

import java.io.IOException;
import java.nio.file.Path;

/// In which form records are kept in files.
public enum PayloadFormat {
    /// Lines of JSON.
    JSON(".jsonl") {
        @Override
        RecordFile<PayloadRecord> open(Path file) throws IOException {
            return new JsonFile<>(file, PayloadJson::line);
        }
    },
    /// A row for each record.
    PARQUET(".parquet") {
        @Override
        RecordFile<PayloadRecord> open(Path file) throws IOException {
            return new ParquetFile(file);
        }
    };

    private final String suffix;

    PayloadFormat(String suffix) {
        this.suffix = suffix;
    }

    /// What names of whole files end with.
    String suffix() {
        return suffix;
    }

    /// @param file that is there and empty
    abstract RecordFile<PayloadRecord> open(Path file) throws IOException;
}
