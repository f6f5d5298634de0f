package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.Lineage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A file or a folder of this machine, below one of the allowed folders. A link is followed only to where
/// one could go without it.
final class LocalSource implements Source {
    private static final int MAX_DEPTH = 16;

    private final List<Path> allowed;

    LocalSource(List<Path> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    @Override
    public Fetched fetch(String uri, Intake intake) {
        Path path = pathOf(uri);
        try {
            Path real = path.toRealPath();
            checkAllowed(path, real);
            if (Files.isDirectory(real)) {
                addFolder(real, intake);
            } else {
                intake.announce(1, sizeOf(real));
                try (InputStream in = open(real)) {
                    intake.addOnly("", in);
                }
            }
            return intake.fetched(real.toUri().toString(), Lineage.UNKNOWN);
        } catch (NoSuchFileException e) {
            throw new FetchException(Reason.NOT_FOUND, "there is no " + path + " on this server", e);
        } catch (IOException e) {
            throw new FetchException(Reason.DISK, path + " cannot be read: " + e, e);
        }
    }

    private static Path pathOf(String uri) {
        try {
            if (!uri.toLowerCase(Locale.ROOT).startsWith("file:")) {
                return Path.of(uri);
            }
            URI parsed = URI.create(uri);
            return Path.of(parsed);
        } catch (IllegalArgumentException e) {
            throw new FetchException(
                    Reason.REFUSED, "the URI is no path of this machine (expected: such as file:///models/a.onnx)", e);
        }
    }

    private void checkAllowed(Path path, Path real) throws IOException {
        for (Path folder : allowed) {
            if (Files.isDirectory(folder) && real.startsWith(folder.toRealPath())) {
                return;
            }
        }
        throw new FetchException(
                Reason.REFUSED,
                path
                        + " is not below a folder of sources.allowed-folders on this server; add its folder there, or upload"
                        + " the file");
    }

    private static void addFolder(Path folder, Intake intake) throws IOException {
        List<String> paths = pathsBelow(folder, intake.maxFiles());
        String model = FileNames.modelAmong(paths);
        long bytes = 0;
        for (String path : paths) {
            bytes += sizeOf(inside(folder, path));
        }
        intake.announce(paths.size(), bytes);
        for (String path : paths) {
            try (InputStream in = open(inside(folder, path))) {
                intake.add(path.equals(model) ? FileNames.MODEL : path, "", in);
            }
        }
    }

    private static List<String> pathsBelow(Path folder, int maxFiles) throws IOException {
        try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
            return new ArrayList<>(files.filter(file -> !Files.isDirectory(file))
                    .map(file -> folder.relativize(file).toString())
                    .filter(FileNames::wanted)
                    .limit(maxFiles + 1L)
                    .sorted()
                    .toList());
        }
    }

    private static Path inside(Path folder, String path) throws IOException {
        Path real = folder.resolve(path).toRealPath();
        if (!real.startsWith(folder)) {
            throw new FetchException(Reason.REFUSED, path + " is a link that leads outside its folder");
        }
        return real;
    }

    private static long sizeOf(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FetchException(Reason.REFUSED, file + " is no regular file");
        }
        return Files.size(file);
    }

    private static InputStream open(Path real) throws IOException {
        return Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS);
    }
}
