package dev.penstock.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// ONNX Runtime 1.29 reads the command line of its process into a buffer of about 4,000 bytes when its library is
/// loaded, and a longer one (a class path of many jars is enough) ends the process without a word.
final class LongCommandLine {
    private static final int MOST_BYTES = 3_900;
    private static final Path OWN = Path.of("/proc/self/cmdline");

    private LongCommandLine() {}

    /// Call before the library is loaded.
    ///
    /// @throws IllegalStateException if loading it would crash
    static void refuse() {
        int bytes = ownBytes();
        if (bytes > MOST_BYTES) {
            throw new IllegalStateException(
                    "this process has a command line of %,d bytes; ONNX Runtime crashes beyond 4,000 (expected: at most"
                                    .formatted(bytes)
                            + " %,d; give the class path in the variable CLASSPATH or as lib/*, options in"
                                    .formatted(MOST_BYTES)
                            + " JDK_JAVA_OPTIONS or a file)");
        }
    }

    private static int ownBytes() {
        try {
            return Files.readAllBytes(OWN).length;
        } catch (IOException e) {
            // Not Linux, or hidden from us: nothing is known against it.
            return 0;
        }
    }
}
