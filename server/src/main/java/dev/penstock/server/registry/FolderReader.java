package dev.penstock.server.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads one model's folder. What leads outside its repository is refused, never followed.
final class FolderReader {
    static final String CONFIG_FILE = "config.pbtxt";

    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 8;
    private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");
    private static final Pattern GATE = Pattern.compile("[\"']gate\\.");
    private static final Pattern ALMOST_VERSION = Pattern.compile("(?i)(v|ver|version)?[-_. ]?[-+]?\\d[\\d._-]*");

    private final Path root;
    private final Path folder;
    private final List<VersionFolder> versions = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private FolderReader(Path root, Path folder) {
        this.root = root;
        this.folder = folder;
    }

    /// @param root the repository's real path
    static ModelFolder read(Path root, Path folder) {
        String name = nameOf(folder);
        FolderReader reader = new FolderReader(root, folder);
        try {
            return reader.read(name);
        } catch (CharacterCodingException e) {
            return ModelFolder.broken(name, folder, CONFIG_FILE + " is not UTF-8 text");
        } catch (IOException e) {
            return ModelFolder.broken(name, folder, folder + " cannot be read: " + e);
        } catch (UncheckedIOException e) {
            return ModelFolder.broken(name, folder, folder + " cannot be read: " + e.getCause());
        }
    }

    private ModelFolder read(String name) throws IOException {
        if (leadsOutside(folder)) {
            return ModelFolder.broken(name, folder, folder + " is a link that leads outside " + root);
        }
        Path config = folder.resolve(CONFIG_FILE);
        if (Files.exists(config) && leadsOutside(config)) {
            return ModelFolder.broken(name, folder, config + " is a link that leads outside " + root);
        }
        try (Stream<Path> entries = Files.list(folder)) {
            entries.filter(Files::isDirectory).forEach(this::addVersion);
        }
        versions.sort(Comparator.comparingLong(VersionFolder::number));
        String text = configText(config);
        warnOfGates(name, text);
        String problem = versions.isEmpty()
                ? "no version is available: %s has no version folder (expected: 1, 2, ...)".formatted(folder)
                : "";
        return new ModelFolder(name, folder, text, versions, warnings, problem);
    }

    /// Who sets them means that something is judged, and nothing is.
    private void warnOfGates(String name, @Nullable String configText) {
        boolean set = configText != null && GATE.matcher(configText).find();
        boolean known = versions.stream()
                .anyMatch(version -> Files.exists(
                        folder.resolve(Long.toString(version.number())).resolve("golden.json")));
        if (set || known) {
            warnings.add("the gates of model '%s' judge nothing: only versions that are registered pass gates (%s)"
                    .formatted(name, "penstock models register"));
        }
    }

    private static @Nullable String configText(Path config) throws IOException {
        if (!Files.exists(config)) {
            return null;
        }
        long bytes = Files.size(config);
        if (bytes > MAX_CONFIG_BYTES) {
            throw new IOException("%s has %d bytes (expected: <= %d)".formatted(CONFIG_FILE, bytes, MAX_CONFIG_BYTES));
        }
        return Files.readString(config);
    }

    private void addVersion(Path entry) {
        String name = nameOf(entry);
        if (VERSION.matcher(name).matches()) {
            versions.add(version(Long.parseLong(name), entry));
        } else if (ALMOST_VERSION.matcher(name).matches()) {
            warnings.add("folder '%s' of model '%s' is ignored: it is not a version (expected: 1, 2, ...)"
                    .formatted(name, nameOf(folder)));
        }
    }

    private VersionFolder version(long number, Path path) {
        try {
            if (leadsOutside(path)) {
                return new VersionFolder(number, path, List.of(), path + " is a link that leads outside " + root);
            }
            return new VersionFolder(number, path, stamps(path), "");
        } catch (OutsideException e) {
            return new VersionFolder(number, path, List.of(), e.link + " is a link that leads outside " + root);
        } catch (IOException e) {
            return new VersionFolder(number, path, List.of(), path + " cannot be read: " + e);
        } catch (UncheckedIOException e) {
            return new VersionFolder(number, path, List.of(), path + " cannot be read: " + e.getCause());
        }
    }

    private List<FileStamp> stamps(Path version) throws IOException {
        List<FileStamp> stamps = new ArrayList<>();
        try (Stream<Path> files = Files.walk(version.toRealPath(), MAX_DEPTH)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                if (leadsOutside(file)) {
                    throw new OutsideException(file);
                }
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                if (attributes.isRegularFile()) {
                    String name = version.toRealPath().relativize(file).toString();
                    stamps.add(FileStamp.of(name, file, attributes));
                }
            }
        }
        return stamps;
    }

    private boolean leadsOutside(Path path) throws IOException {
        return !path.toRealPath().startsWith(root);
    }

    static String nameOf(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    private static final class OutsideException extends IOException {
        private final Path link;

        OutsideException(Path link) {
            super(link.toString());
            this.link = link;
        }
    }
}
