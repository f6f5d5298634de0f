package dev.penstock.server.payload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A folder of files of records. A file has `.part` at the end of its name until it is whole; a new one is
/// begun when one is large or old enough, and the oldest are removed when all together are too large. Several
/// servers may share the folder. Confined to one thread.
///
/// After a failure that ended a file nothing is taken until the next [#tick]: a disk that is full is not to be
/// full of beginnings.
final class RecordFolder<R> implements AutoCloseable {
    static final String PART = ".part";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /// What another server may take beyond the age of a file to end it.
    private static final Duration SLACK = Duration.ofMinutes(10);

    private final Path folder;
    private final Form<R> form;
    private final Limits limits;
    private final String server;
    private final InstantSource time;
    private long files;
    private @Nullable Open<R> open;

    /// Of files that ended.
    private long lost;

    /// Why nothing is taken until the next tick; null if it is.
    private @Nullable IOException trouble;

    private record Open<R>(RecordFile<R> file, Path part, Path whole, Instant since) {}

    /// @param fileBytes after which a new file is begun
    /// @param fileAge the same, from the first record of the file
    /// @param totalBytes of all files; the oldest go first
    record Limits(long fileBytes, Duration fileAge, long totalBytes) {}

    /// Of files.
    ///
    /// @param prefix that names of the folder's own files begin with
    /// @param suffix of whole ones
    record Form<R>(String prefix, String suffix, Opener<R> opener) {
        /// Opens a file that is there and empty.
        interface Opener<R> {
            RecordFile<R> open(Path file) throws IOException;
        }
    }

    /// @param folder made if it is not there
    /// @param server tells this one's files from those of others in the same folder; a word
    /// @throws IOException if the folder is not there and cannot be made
    RecordFolder(Path folder, Form<R> form, Limits limits, String server, InstantSource time) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.form = form;
        this.limits = limits;
        this.server = server;
        this.time = time;
        thinOut();
    }

    /// Takes a record, or throws and has not.
    void write(R record) throws IOException {
        if (trouble != null) {
            throw new IOException("nothing is written for a moment after a failure", trouble);
        }
        Open<R> now = open == null ? begin() : open;
        try {
            now.file().write(record);
        } catch (IOException e) {
            if (now.file().broken()) {
                end(now, e);
            }
            throw e;
        }
        if (now.file().bytes() >= limits.fileBytes()) {
            end(now, null);
        }
    }

    /// Some time has passed.
    void tick() throws IOException {
        IOException was = trouble;
        if (was != null) {
            trouble = null;
            thinOut();
            throw was;
        }
        Open<R> now = open;
        if (now == null) {
            return;
        }
        if (!now.since().plus(limits.fileAge()).isAfter(time.instant())) {
            end(now, null);
            throwTrouble();
            return;
        }
        try {
            now.file().flush();
        } catch (IOException e) {
            if (now.file().broken()) {
                end(now, e);
            }
            throw e;
        }
    }

    /// Records that were taken and may yet be lost.
    long unsettled() {
        return open == null ? 0 : open.file().unsettled();
    }

    /// Records that were taken and are lost.
    long lost() {
        return lost + (open == null ? 0 : open.file().lost());
    }

    private Open<R> begin() throws IOException {
        Instant now = time.instant();
        files++;
        String name = "%s%s-%s-%04d%s".formatted(form.prefix(), STAMP.format(now), server, files, form.suffix());
        Path part = folder.resolve(name + PART);
        try {
            create(part);
            Open<R> begun = new Open<>(form.opener().open(part), part, folder.resolve(name), now);
            open = begun;
            return begun;
        } catch (IOException | RuntimeException | Error e) { // Libraries throw all of them.
            trouble(part + " could not be begun", e);
            Files.deleteIfExists(part);
            throw e;
        }
    }

    /// What callers sent is for the owner of the server, and for its group, to read.
    private static void create(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Path _ = Files.createFile(
                    file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        } else {
            Path _ = Files.createFile(file);
        }
    }

    /// @param why it failed before, or null; what else fails is in [#trouble] then
    private void end(Open<R> ended, @Nullable IOException why) {
        open = null;
        trouble = why;
        attempt(ended.part() + " could not be ended", ended.file()::close);
        lost += ended.file().lost();
        attempt(ended.part() + " could not be put in its place", () -> settle(ended));
        attempt("the oldest files of " + folder + " could not be removed", this::thinOut);
    }

    private static void settle(Open<?> ended) throws IOException {
        if (ended.file().settled() == 0) {
            // A disk that is full stays so for long; nobody can read this.
            Files.deleteIfExists(ended.part());
        } else if (!ended.file().broken()) {
            Files.move(ended.part(), ended.whole(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /// What follows is done all the same.
    private void attempt(String failure, Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException | Error e) { // Libraries throw all of them.
            trouble(failure, e);
        }
    }

    private void trouble(String what, Throwable why) {
        if (trouble == null) {
            trouble = new IOException(what, why);
        }
    }

    private void throwTrouble() throws IOException {
        if (trouble != null) {
            throw trouble;
        }
    }

    /// Removes the oldest until the others, and one more that is being written, fit.
    private void thinOut() throws IOException {
        List<Path> kept = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            // Their names begin with their time.
            all.filter(file -> file.getFileName().toString().startsWith(form.prefix()))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .forEach(kept::add);
        }
        long total = limits.fileBytes();
        for (int i = kept.size() - 1; i >= 0; i--) {
            total += sizeOf(kept.get(i));
            if (total > limits.totalBytes() && !isBeingWritten(kept.get(i))) {
                Files.deleteIfExists(kept.get(i));
            }
        }
    }

    /// By this server or by another.
    private boolean isBeingWritten(Path file) {
        if (!file.getFileName().toString().endsWith(PART)) {
            return false;
        }
        try {
            Instant touched = Files.getLastModifiedTime(file).toInstant();
            return time.instant().isBefore(touched.plus(limits.fileAge()).plus(SLACK));
        } catch (IOException e) {
            // Another server has just renamed or removed it.
            return true;
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            // Another server has just renamed or removed it.
            return 0;
        }
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            end(open, null);
        }
        throwTrouble();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
