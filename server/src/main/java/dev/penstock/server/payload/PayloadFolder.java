package dev.penstock.server.payload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
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
final class PayloadFolder implements RecordQueue.Destination {
    private static final System.Logger LOG = System.getLogger(PayloadFolder.class.getName());

    static final String PREFIX = "payload-";
    static final String PART = ".part";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path folder;
    private final PayloadFormat format;
    private final Limits limits;
    private final String server;
    private final InstantSource time;
    private long files;
    private @Nullable Open open;

    /// @param fileBytes after which a new file is begun
    /// @param fileAge the same, from the first record of the file
    /// @param totalBytes of all files; the oldest go first
    record Limits(long fileBytes, Duration fileAge, long totalBytes) {}

    private record Open(RecordFile file, Path part, Path whole, Instant since) {}

    /// @param server tells this one's files from those of others in the same folder; a word
    /// @throws IOException if the folder is not there and cannot be made
    PayloadFolder(Path folder, PayloadFormat format, Limits limits, String server, InstantSource time)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        this.format = format;
        this.limits = limits;
        this.server = server;
        this.time = time;
        thinOut();
    }

    @Override
    public void write(PayloadRecord record) throws IOException {
        Open now = open == null ? begin() : open;
        boolean written = false;
        try {
            now.file().write(record);
            written = true;
        } finally {
            if (!written) {
                giveUp(now);
            }
        }
        if (now.file().bytes() >= limits.fileBytes()) {
            end();
        }
    }

    @Override
    public void tick() throws IOException {
        Open now = open;
        if (now == null) {
            return;
        }
        if (!now.since().plus(limits.fileAge()).isAfter(time.instant())) {
            end();
        } else {
            now.file().flush();
        }
    }

    private Open begin() throws IOException {
        Instant now = time.instant();
        files++;
        String name = "%s%s-%s-%04d%s".formatted(PREFIX, STAMP.format(now), server, files, format.suffix());
        Path part = folder.resolve(name + PART);
        Open begun = new Open(format.open(part), part, folder.resolve(name), now);
        open = begun;
        keepFromOthers(part);
        return begun;
    }

    /// What callers sent is for the owner of the server, and for its group, to read.
    private static void keepFromOthers(Path file) throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (posix != null) {
            posix.setPermissions(PosixFilePermissions.fromString("rw-r-----"));
        }
    }

    /// Half a record spoils what would follow it.
    private void giveUp(Open broken) {
        open = null;
        try {
            broken.file().close();
        } catch (IOException | RuntimeException e) { // Libraries throw both.
            LOG.log(System.Logger.Level.DEBUG, "closing " + broken.part() + " failed", e);
        }
    }

    private void end() throws IOException {
        Open ended = open;
        if (ended == null) {
            return;
        }
        open = null;
        ended.file().close();
        Files.move(ended.part(), ended.whole(), StandardCopyOption.ATOMIC_MOVE);
        thinOut();
    }

    /// Removes the oldest until the others, and one more that is being written, fit.
    private void thinOut() throws IOException {
        List<Path> kept = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            // Their names begin with their time.
            all.filter(file -> file.getFileName().toString().startsWith(PREFIX))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .forEach(kept::add);
        }
        long total = limits.fileBytes();
        for (int i = kept.size() - 1; i >= 0; i--) {
            total += sizeOf(kept.get(i));
            if (total > limits.totalBytes()) {
                Files.deleteIfExists(kept.get(i));
            }
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
        end();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
