package dev.penstock.server.source.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {
    @TempDir
    Path folder;

    @Test
    void whereOneCannotGoItIsToldWhichWent() throws IOException {
        Shelf.Entry first = entry(Files.writeString(folder.resolve("first"), "1"));
        Shelf.Entry never = entry(folder.resolve("never"));
        Files.createDirectories(never.file().resolve("something"));
        Shelf.Entry last = entry(Files.writeString(folder.resolve("last"), "2"));
        List<Shelf.Entry> all = List.of(first, never, last);
        List<Shelf.Entry> gone = new ArrayList<>();

        assertThatThrownBy(() -> new Leases().drop((entries, leased, fresh) -> entries, all, gone::add))
                .isInstanceOf(DirectoryNotEmptyException.class);

        assertThat(gone).containsExactly(first);
        assertThat(last.file()).exists();
    }

    private static Shelf.Entry entry(Path file) {
        return new Shelf.Entry(file, String.valueOf(file.getFileName()), false, 1, Instant.EPOCH);
    }
}
