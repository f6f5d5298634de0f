package dev.penstock.server;

import dev.penstock.core.Check;
import dev.penstock.server.store.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// A file that is to be sent.
///
/// @param path below the version's folder, with '/'
record UploadFile(String path, Path file, String sha256, long bytes) {
    UploadFile {
        boolean fit = path.chars().noneMatch(c -> c == '"' || c == '\\' || Character.isISOControl(c));
        Check.argument(fit, "file name: '%s' (expected: without '\"', '\\' and control characters)", path);
    }

    private static final String ONLY_FILE = "model.onnx";
    private static final int CHUNK_BYTES = 1 << 20;

    /// The file, or all files of the folder and those below it but hidden ones, each read once for its hash.
    static List<UploadFile> of(Path source) throws IOException {
        if (!Files.isDirectory(source)) {
            return List.of(of(ONLY_FILE, source));
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(source)) {
            files = all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> !isHidden(source.relativize(file)))
                    .sorted()
                    .toList();
        }
        return files.stream()
                .map(file -> of(slashed(source.relativize(file)), file))
                .toList();
    }

    private static boolean isHidden(Path relative) {
        for (Path step : relative) {
            if (step.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static String slashed(Path relative) {
        return relative.toString().replace('\\', '/');
    }

    private static UploadFile of(String path, Path file) {
        MessageDigest digest = Digests.sha256();
        byte[] chunk = new byte[CHUNK_BYTES];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                digest.update(chunk, 0, count);
                bytes += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new UploadFile(path, file, HexFormat.of().formatHex(digest.digest()), bytes);
    }
}
