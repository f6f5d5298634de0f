package dev.penstock.server.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Headers in a file: lines `Name: value`, and empty ones. Mostly they are credentials, so no error repeats a
/// line.
public final class HeaderLines {
    private HeaderLines() {}

    /// In the order of the file. Blocks.
    ///
    /// @throws IOException if it cannot be read
    /// @throws IllegalArgumentException if a line is none
    public static Map<String, String> read(Path file) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            } else if (!line.isBlank()) {
                throw new IllegalArgumentException(
                        "%s: line %d is no header (expected: 'Name: value')".formatted(file, number));
            }
        }
        return headers;
    }
}
