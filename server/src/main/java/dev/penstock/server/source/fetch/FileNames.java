package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.FilePaths;
import java.util.List;

/// Which files of a folder belong to a version, and under which names. Pure.
final class FileNames {
    static final String MODEL = "model.onnx";

    private FileNames() {}

    /// Whether it belongs to a version: hidden files and those in hidden folders do not.
    static boolean wanted(String path) {
        return !("/" + path).contains("/.");
    }

    /// @throws FetchException with `REFUSED` if it is no plain path below a folder
    static String checked(String path) {
        if (!FilePaths.isPlain(path)) {
            throw new FetchException(
                    Reason.REFUSED,
                    "a file is named '%s' (expected: a plain path below its folder)"
                            .formatted(path.replaceAll("\\p{Cntrl}", "?")));
        }
        return path;
    }

    /// The folder that all of them are in, with its slash, or "".
    static String commonFolder(List<String> paths) {
        int slash = paths.isEmpty() ? -1 : paths.getFirst().indexOf('/');
        String folder = slash < 0 ? "" : paths.getFirst().substring(0, slash + 1);
        return paths.stream().allMatch(path -> path.startsWith(folder)) ? folder : "";
    }

    /// The path that is to become `model.onnx`: the one of that name, else the only `.onnx` file at the top.
    ///
    /// @throws FetchException with `REFUSED` if there is none, or several
    static String modelAmong(List<String> paths) {
        if (paths.contains(MODEL)) {
            return MODEL;
        }
        List<String> models = paths.stream()
                .filter(path -> path.endsWith(".onnx") && !path.contains("/"))
                .toList();
        if (models.size() != 1) {
            throw new FetchException(
                    Reason.REFUSED,
                    "the folder has %s (expected: %s, or only one .onnx file)"
                            .formatted(models.isEmpty() ? "no .onnx file" : String.join(", ", models), MODEL));
        }
        return models.getFirst();
    }
}
