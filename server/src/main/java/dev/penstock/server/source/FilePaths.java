package dev.penstock.server.source;

import dev.penstock.server.store.StoredFile;
import java.util.List;

/// Which paths the files of a version may have. Pure.
public final class FilePaths {
    private static final int MAX_LENGTH = 512;

    private FilePaths() {}

    /// Whether it is a plain path below a folder.
    public static boolean isPlain(String path) {
        return !path.isEmpty()
                && path.length() <= MAX_LENGTH
                && !path.contains("\\")
                && !path.contains("//")
                && !path.startsWith("/")
                && !path.endsWith("/")
                && !("/" + path + "/").contains("/../")
                && !("/" + path + "/").contains("/./")
                && path.chars().noneMatch(Character::isISOControl);
    }

    /// A file that cannot lie beside one of that path: of the same path, or where the one is a folder of the
    /// other.
    ///
    /// @return its path, or "" if there is none
    public static String clash(String path, List<StoredFile> files) {
        return files.stream()
                .map(StoredFile::path)
                .filter(other -> (other + "/").startsWith(path + "/") || (path + "/").startsWith(other + "/"))
                .findFirst()
                .orElse("");
    }

    /// The first file of a version that clashes with one before it.
    ///
    /// @return in words, or ""
    public static String clash(List<StoredFile> files) {
        for (int i = 1; i < files.size(); i++) {
            String path = files.get(i).path();
            String other = clash(path, files.subList(0, i));
            if (!other.isEmpty()) {
                return "files '%s' and '%s' cannot lie in one folder".formatted(other, path);
            }
        }
        return "";
    }
}
