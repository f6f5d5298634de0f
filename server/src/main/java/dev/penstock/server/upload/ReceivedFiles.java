package dev.penstock.server.upload;

import dev.penstock.core.ServingException;
import dev.penstock.core.batching.Background;
import dev.penstock.server.admin.RegisterOrder.Content;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FilePaths;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.wire.HeaderText;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The files of one upload, which go to the disk piece by piece while they arrive, and are dropped when this
/// is closed unless they were handed over. For one thread; blocks. Throws [ServingException] for what is not
/// allowed, and [dev.penstock.server.source.FetchException] for what cannot be kept.
public final class ReceivedFiles implements AutoCloseable {
    /// What a model of one file is loaded from.
    private static final String ONLY_FILE = "model.onnx";

    private static final int MAX_FILES = 1000;

    private final ModelFiles files;
    private final List<StoredFile> kept = new ArrayList<>();
    private long leftBytes;
    private boolean handedOver;

    /// @param maxBytes of all of them together
    public ReceivedFiles(ModelFiles files, long maxBytes) {
        this.files = files;
        this.leftBytes = maxBytes;
    }

    /// Reads a file to its end and keeps it.
    ///
    /// @param path below the version's folder, with '/'
    /// @param sha256 that it must have, or ""
    public void add(String path, InputStream content, String sha256) {
        if (kept.size() == MAX_FILES) {
            throw ServingException.invalid("more than %d files (expected: no more)".formatted(MAX_FILES));
        }
        String clash = FilePaths.clash(path, kept);
        if (!FilePaths.isPlain(path) || !clash.isEmpty()) {
            throw ServingException.invalid(
                    "file name: '%s'%s (expected: a path below the version's folder, with '/', each once)"
                            .formatted(
                                    HeaderText.quote(path),
                                    clash.isEmpty() || clash.equals(path)
                                            ? ""
                                            : " beside '" + HeaderText.quote(clash) + "'"));
        }
        long mostBytes = leftBytes;
        StoredFile file = Background.call("model-receiver", () -> files.keep(path, content, sha256, mostBytes));
        leftBytes -= file.bytes();
        kept.add(file);
    }

    /// Takes a model's only file, which needs no name.
    public void addOnly(InputStream content, String sha256) {
        add(ONLY_FILE, content, sha256);
    }

    public boolean isEmpty() {
        return kept.isEmpty();
    }

    /// All of them, at least one. A model's only file is loaded by a fixed name, whatever it was called where
    /// it comes from.
    ///
    /// @param sha256 that the only one must have, or ""
    public Content.Received content(String sha256) {
        if (kept.size() > 1) {
            kept.sort(Comparator.comparing(StoredFile::path));
            return new Content.Received(kept);
        }
        StoredFile only = kept.getFirst();
        if (only.bytes() == 0) {
            throw ServingException.invalid("%s has 0 bytes (expected: more)".formatted(only.path()));
        }
        if (!sha256.isEmpty() && !sha256.equals(only.sha256())) {
            throw ServingException.invalid(
                    "%s has the sha256 %s (expected: %s)".formatted(only.path(), only.sha256(), sha256));
        }
        return new Content.Received(List.of(new StoredFile(ONLY_FILE, only.sha256(), only.bytes())));
    }

    /// They are to be registered: whoever does that settles them.
    public void handOver() {
        handedOver = true;
    }

    @Override
    public void close() {
        if (handedOver || kept.isEmpty()) {
            return;
        }
        files.settle(kept);
        try {
            files.sweep();
        } catch (FetchException e) {
            // They go with the next sweep, or when there is no room.
        }
    }

    /// @param what for the message
    /// @return the text
    /// @throws ServingException unless it is a hash or empty
    public static String checkSha256(String text, String what) {
        if (!text.isEmpty() && !text.matches("[0-9a-f]{64}")) {
            throw ServingException.invalid(
                    "%s: '%s' (expected: 64 lower-case hexadecimal digits)".formatted(what, HeaderText.quote(text)));
        }
        return text;
    }
}
