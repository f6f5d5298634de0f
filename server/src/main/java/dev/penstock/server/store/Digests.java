package dev.penstock.server.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// What identifies files by their content. Pure.
public final class Digests {
    private Digests() {}

    /// The hash of the only file, else of the lines `<sha256>  <path>`, sorted by path, as `sha256sum` prints
    /// them.
    public static String of(List<StoredFile> files) {
        if (files.size() == 1) {
            return files.getFirst().sha256();
        }
        String lines = files.stream()
                .sorted(Comparator.comparing(StoredFile::path))
                .map(file -> file.sha256() + "  " + file.path() + "\n")
                .collect(Collectors.joining());
        return HexFormat.of().formatHex(sha256().digest(lines.getBytes(StandardCharsets.UTF_8)));
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
