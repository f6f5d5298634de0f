package dev.penstock.server.registry;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what is in a model's files, so that those that were only touched can be told from those that were
/// changed. Blocks for as long as the disk takes; reads nothing twice that nobody touched.
final class ContentHashes {
    private static final int PIECE_BYTES = 128 * 1024;

    private ContentHashes() {}

    /// @param known what was read of it before; null if nothing was
    /// @return the same with the hashes of its files; without that of what cannot be read
    static ModelFolder of(ModelFolder folder, @Nullable ModelFolder known) {
        Map<String, FileStamp> before = new HashMap<>();
        if (known != null) {
            known.versions()
                    .forEach(version ->
                            version.files().forEach(file -> before.put(version.number() + "/" + file.name(), file)));
        }
        List<VersionFolder> versions =
                folder.versions().stream().map(version -> of(version, before)).toList();
        return folder.with(versions);
    }

    private static VersionFolder of(VersionFolder version, Map<String, FileStamp> before) {
        if (version.files().isEmpty()) {
            return version;
        }
        try (ModelFiles.Folder opened = version.opening().open()) {
            List<FileStamp> files = version.files().stream()
                    .map(file -> of(file, before.get(version.number() + "/" + file.name()), opened.path()))
                    .toList();
            return new VersionFolder(version.number(), files, version.problem(), version.opening());
        } catch (FetchException e) {
            return version;
        }
    }

    private static FileStamp of(FileStamp file, @Nullable FileStamp before, Path folder) {
        if (before != null && !before.sha256().isEmpty() && before.isUntouched(file)) {
            return before;
        }
        try (InputStream in = Files.newInputStream(folder.resolve(file.name()))) {
            MessageDigest digest = Digests.sha256();
            byte[] piece = new byte[PIECE_BYTES];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
            return file.withHash(HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            return file;
        }
    }
}
