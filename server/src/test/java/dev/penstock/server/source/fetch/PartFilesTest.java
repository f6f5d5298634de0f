package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What broken downloads may leave.
class PartFilesTest {
    private static final long PLENTY = 1 << 20;
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void theOldestOfSeventeenIsDropped() throws IOException {
        PartFiles parts = new PartFiles(folder, PLENTY);
        for (int i = 0; i < 16; i++) {
            leave(parts, "m" + i, 10, i);
        }
        assertThat(parts()).hasSize(16);

        leave(parts, "another", 10, 16);

        assertThat(parts()).hasSize(16);
        assertThat(left(parts, "m0")).isZero();
        assertThat(left(parts, "m1")).isEqualTo(9);
        assertThat(left(parts, "another")).isEqualTo(9);
    }

    @Test
    void theOldestLeaveRoomForWhatIsNew() throws IOException {
        PartFiles parts = new PartFiles(folder, 100);
        leave(parts, "oldest", 40, 0);
        leave(parts, "older", 40, 1);

        leave(parts, "new", 50, 2);

        assertThat(left(parts, "oldest")).isZero();
        assertThat(left(parts, "older")).isEqualTo(39);
        assertThat(left(parts, "new")).isEqualTo(49);
    }

    @Test
    void downloadsUnderWayShareTheRoom() throws IOException {
        PartFiles parts = new PartFiles(folder, 100);
        try (Part first = parts.open(remote("first"));
                Part second = parts.open(remote("second"))) {
            first.begin("v1");
            first.append(new byte[60], 0, 60);
            second.begin("v1");
            second.append(new byte[60], 0, 60);

            assertThat(first.bytes()).isEqualTo(60);
            assertThat(second.bytes()).as("it goes on and leaves nothing").isZero();
            assertThat(parts.open(remote("first"))).as("it is somebody's").isSameAs(Part.NONE);
        }
        assertThat(parts()).hasSize(1);
        assertThat(left(parts, "second")).isZero();
    }

    /// Leaves bytes of a download that broke off.
    ///
    /// @param age the greater, the newer
    private void leave(PartFiles parts, String name, int bytes, int age) throws IOException {
        List<Path> before = parts();
        try (Part part = parts.open(remote(name))) {
            part.begin("v1");
            part.append(new byte[bytes], 0, bytes);
        }
        for (Path file : parts()) {
            if (!before.contains(file)) {
                Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.plusSeconds(age)));
            }
        }
    }

    /// How many bytes a later try finds: one less than there were.
    private static long left(PartFiles parts, String name) {
        try (Part part = parts.open(remote(name))) {
            return part.bytes();
        }
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        }
    }

    private static Remote remote(String name) {
        return new Remote() {
            @Override
            public String identity() {
                return name;
            }

            @Override
            public Answer open(long from, String validator) {
                throw new AssertionError("nothing is fetched here");
            }
        };
    }
}
