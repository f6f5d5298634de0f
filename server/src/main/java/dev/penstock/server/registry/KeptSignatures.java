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
    static final KeptSignatures NONE = new KeptSignatures(null);

    private static final System.Logger LOG = System.getLogger(KeptSignatures.class.getName());
    private static final int MOST_FILES = 20_000;
    private static final int MOST_BYTES = 1 << 20;
    private static final String PART = ".part";

    private final @Nullable Path folder;

    private KeptSignatures(@Nullable Path folder) {
        this.folder = folder;
    }

    /// @param folder made if it is not there; null for none
    static KeptSignatures in(@Nullable Path folder) {
        if (folder == null) {
            return NONE;
        }
        try {
            Files.createDirectories(folder);
            thinOut(folder);
            return new KeptSignatures(folder);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "no signatures are kept: {0}", e.toString());
            return NONE;
        }
    }

    /// Half of too many go, the oldest.
    private static void thinOut(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = new ArrayList<>(all.toList());
        }
        if (files.size() <= MOST_FILES) {
            return;
        }
        files.sort(Comparator.comparingLong(file -> file.toFile().lastModified()));
        for (Path file : files.subList(0, files.size() - MOST_FILES / 2)) {
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

    private static @Nullable Signature read(Path file) {
        try {
            return Files.size(file) > MOST_BYTES ? null : SignatureBytes.read(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "signature {0} cannot be read: {1}", file, e.toString());
            return null;
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
