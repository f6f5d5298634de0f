package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.FetchProgress;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.source.FilePaths;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.Digests;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.StoredFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The files of one fetch as they come in, within its limits. Confined to the thread that fetches.
final class Intake {
    private static final long STEP_BYTES = 1 << 20;

    private final ModelFiles files;
    private final SourceSettings.Limits limits;
    private final FetchProgress progress;
    private final String sha256;
    private final Deadline deadline;
    private final List<StoredFile> kept = new ArrayList<>();
    private long done;
    private long reported;
    private long total = -1;

    /// @param sha256 of the only file, or the digest of several, or ""
    Intake(ModelFiles files, SourceSettings.Limits limits, FetchProgress progress, String sha256, Deadline deadline) {
        this.files = files;
        this.limits = limits;
        this.progress = progress;
        this.sha256 = sha256;
        this.deadline = deadline;
    }

    Deadline deadline() {
        return deadline;
    }

    int maxFiles() {
        return limits.maxFiles();
    }

    /// The most that the next file may have.
    long maxBytes() {
        return Math.min(limits.maxFileBytes(), limits.maxVersionBytes() - done);
    }

    /// Whether the hash of what comes is known beforehand, if there is only one file.
    boolean hashGiven() {
        return !sha256.isEmpty();
    }

    /// Refuses what is too much before any of it is fetched.
    ///
    /// @param bytes of all files, or -1
    void announce(int count, long bytes) {
        checkCount(count);
        if (bytes > limits.maxVersionBytes()) {
            throw new FetchException(
                    Reason.TOO_LARGE,
                    "it has %d bytes (expected: at most %d)".formatted(bytes, limits.maxVersionBytes()));
        }
        total = bytes;
        if (bytes > done) {
            files.makeRoom(bytes - done);
        }
    }

    private void checkCount(int count) {
        if (count > limits.maxFiles()) {
            throw new FetchException(
                    Reason.TOO_LARGE, "it has %d files (expected: at most %d)".formatted(count, limits.maxFiles()));
        }
    }

    /// Keeps the only file there is.
    void addOnly(String expectedSha256, InputStream content) {
        if (!expectedSha256.isEmpty() && hashGiven() && !expectedSha256.equals(sha256)) {
            throw new FetchException(
                    Reason.CORRUPT,
                    "the source says its sha256 is %s (expected: %s)".formatted(expectedSha256, sha256));
        }
        add(FileNames.MODEL, hashGiven() ? sha256 : expectedSha256, content);
    }

    /// @param expectedSha256 as the source says, or ""
    void add(String path, String expectedSha256, InputStream content) {
        String name = FileNames.checked(path);
        String clash = FilePaths.clash(name, kept);
        if (!clash.isEmpty()) {
            throw new FetchException(
                    Reason.REFUSED,
                    clash.equals(name)
                            ? "it has two files named " + name
                            : "it has files '%s' and '%s', which cannot lie in one folder".formatted(clash, name));
        }
        checkCount(kept.size() + 1);
        kept.add(files.keep(name, new Counted(content), expectedSha256, maxBytes()));
    }

    /// Names what came as one archive: without a folder that all of it is in, and the model by its name.
    void nameUnpacked() {
        List<String> paths = kept.stream().map(StoredFile::path).toList();
        int folder = FileNames.commonFolder(paths).length();
        List<String> inside = paths.stream().map(path -> path.substring(folder)).toList();
        String model = inside.size() == 1 ? inside.getFirst() : FileNames.modelAmong(inside);
        kept.replaceAll(file -> {
            String path = file.path().substring(folder);
            return new StoredFile(path.equals(model) ? FileNames.MODEL : path, file.sha256(), file.bytes());
        });
    }

    /// Nothing becomes of what was kept.
    void drop() {
        files.settle(kept);
    }

    /// All that was kept.
    Fetched fetched(String source, Lineage lineage) {
        if (done != reported) {
            progress.bytes(done, total);
        }
        List<StoredFile> sorted =
                kept.stream().sorted(Comparator.comparing(StoredFile::path)).toList();
        String digest = Digests.of(sorted);
        if (hashGiven() && !digest.equals(sha256)) {
            throw new FetchException(
                    Reason.CORRUPT,
                    "its %d files have the digest %s (expected: %s)".formatted(sorted.size(), digest, sha256));
        }
        return new Fetched(sorted, source, lineage);
    }

    /// Counts what is read.
    private final class Counted extends FilterInputStream {
        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            count(Math.max(0, count));
            return count;
        }

        private void count(int bytes) {
            deadline.checkWanted();
            done += bytes;
            if (done - reported >= STEP_BYTES) {
                reported = done;
                progress.bytes(done, total);
            }
        }
    }
}
