package dev.penstock.server.registry;

import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Signature;
import dev.penstock.server.store.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What versions on demand take and give, kept on the disk: known after a restart although none is loaded. A
/// file for each content, named by what tells it from others; what cannot be read is not known. Confined to the
/// loader thread; blocks on the disk.
final class KeptSignatures {
    /// Nothing is kept.
    static final KeptSignatures NONE = new KeptSignatures(null, InstantSource.system());

    private static final System.Logger LOG = System.getLogger(KeptSignatures.class.getName());
    private static final int MOST_FILES = 20_000;

    /// What was used so recently need not be noted to be.
    private static final Duration RECENT = Duration.ofDays(1);

    private static final int MOST_BYTES = 1 << 20;
    private static final String PART = ".part";

    private final @Nullable Path folder;
    private final InstantSource time;

    private KeptSignatures(@Nullable Path folder, InstantSource time) {
        this.folder = folder;
        this.time = time;
    }

    /// @param folder made if it is not there; null for none
    static KeptSignatures in(@Nullable Path folder, InstantSource time) {
        return in(folder, MOST_FILES, time);
    }

    /// @param mostFiles how many of them may be there at the start
    /// @param time by which a file was used last
    static KeptSignatures in(@Nullable Path folder, int mostFiles, InstantSource time) {
        if (folder == null) {
            return NONE;
        }
        try {
            Files.createDirectories(folder);
            thinOut(folder, mostFiles);
            return new KeptSignatures(folder, time);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "no signatures are kept: {0}", e.toString());
            return NONE;
        }
    }

    /// Half of too many go, those that were used longest ago.
    private static void thinOut(Path folder, int mostFiles) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = new ArrayList<>(all.toList());
        }
        if (files.size() <= mostFiles) {
            return;
        }
        files.sort(Comparator.comparingLong(file -> file.toFile().lastModified()));
        for (Path file : files.subList(0, files.size() - mostFiles / 2)) {
            Files.deleteIfExists(file);
        }
    }

    /// @return null if it is not known
    @Nullable
    Signature find(ModelFolder model, ModelSettings settings, long number) {
        Path file = file(model, settings, number);
        Signature found = file == null ? null : read(file);
        try {
            return found == null ? null : SignatureMerge.merge(settings.config(), found);
        } catch (ModelLoadException e) {
            // It is told when it is loaded.
            return null;
        }
    }

    private @Nullable Signature read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                return null;
            }
            Signature found = SignatureBytes.read(Files.readAllBytes(file));
            noteUse(file);
            return found;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "signature {0} cannot be read: {1}", file, e.toString());
            return null;
        }
    }

    private void noteUse(Path file) {
        Instant now = time.instant();
        try {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(RECENT))) {
                Files.setLastModifiedTime(file, FileTime.from(now));
            }
        } catch (IOException e) {
            // It is only thrown away sooner.
        }
    }

    /// @param signature the model's own, whatever its configuration says
    void keep(ModelFolder model, ModelSettings settings, long number, Signature signature) {
        Path file = file(model, settings, number);
        if (file == null || signature.equals(read(file))) {
            return;
        }
        byte[] bytes = SignatureBytes.write(signature);
        if (bytes.length > MOST_BYTES) {
            return;
        }
        try {
            Path part = file.resolveSibling(file.getFileName() + PART);
            Files.write(part, bytes);
            Files.setLastModifiedTime(part, FileTime.from(time.instant()));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "signature {0} cannot be kept: {1}", file, e.toString());
        }
    }

    private @Nullable Path file(ModelFolder model, ModelSettings settings, long number) {
        VersionFolder version = model.version(number);
        if (folder == null || version == null || version.files().isEmpty()) {
            return null;
        }
        String place = model.wish() == null ? model.path() + "\0" + number : "";
        String content = version.files().stream()
                .map(file -> model.wish() == null ? looks(file) : file.name() + "\0" + file.sha256())
                .collect(Collectors.joining("\0\0", settings.fileName() + "\0" + place + "\0\0", ""));
        byte[] digest = Digests.sha256().digest(content.getBytes(StandardCharsets.UTF_8));
        return folder.resolve(HexFormat.of().formatHex(digest));
    }

    /// Of a repository's file, which nobody reads for this: whether somebody touched it.
    private static String looks(FileStamp file) {
        return String.format(
                Locale.ROOT,
                "%s\0%d\0%s\0%s\0%s",
                file.name(),
                file.byteSize(),
                file.modified(),
                file.changed(),
                file.identity());
    }
}
