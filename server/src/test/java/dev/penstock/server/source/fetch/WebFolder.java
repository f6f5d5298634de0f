package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/// A model that web servers of tests have, and a folder that it is fetched to.
abstract class WebFolder {
    static final byte[] MODEL = new byte[2_500_000];

    static final String TAG = "ETag: \"one\"\r\n";

    static {
        new Random(7).nextBytes(MODEL);
    }

    @TempDir
    Path data;

    void assertNothingLeft() throws IOException {
        for (String folder : List.of("incoming", "parts", "open")) {
            Path path = data.resolve(folder);
            if (Files.exists(path)) {
                try (Stream<Path> left = Files.list(path)) {
                    assertThat(left).isEmpty();
                }
            }
        }
    }
}
