package dev.penstock.server.store;

import dev.penstock.core.Check;
import java.util.regex.Pattern;

/// One file of a version, known by what is in it.
///
/// @param path relative to the version's folder, with '/', such as `model.onnx`
/// @param sha256 of its bytes, 64 lower-case hexadecimal digits
public record StoredFile(String path, String sha256, long bytes) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public StoredFile {
        Check.argument(!path.isEmpty() && !path.startsWith("/"), "path: '%s' (expected: relative)", path);
        Check.argument(!("/" + path + "/").contains("/../"), "path: '%s' (expected: below its folder)", path);
        Check.argument(SHA256.matcher(sha256).matches(), "sha256: '%s' (expected: 64 hexadecimal digits)", sha256);
        Check.argument(bytes >= 0, "bytes: %d (expected: >= 0)", bytes);
    }
}
