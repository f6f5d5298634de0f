package dev.penstock.server.source.disk;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {
    @TempDir
    private Path folder;

    private Room room(String files) {
        return new Room(new Shelf(folder.resolve(files)), new Leases(), 100);
    }

    @Test
    void whatDoesNotFitTakesNothing() throws Exception {
        Files.createDirectories(folder.resolve("files"));
        Room room = room("files");
        room.take(50);
        assertThatThrownBy(() -> room.take(60))
                .isInstanceOf(FetchException.class)
                .hasMessageContaining("no room for 60 bytes more")
                .hasMessageContaining("50 are being written");
        room.take(50);
    }

    @Test
    void aSweepThatFailsTakesNothing() throws Exception {
        Room room = room("gone");
        room.take(50);
        assertThatThrownBy(() -> room.take(60)).isInstanceOf(NoSuchFileException.class);
        room.needs(() -> {
            throw new IllegalStateException("a test's");
        });
        assertThatThrownBy(() -> room.take(60)).isInstanceOf(IllegalStateException.class);
        assertThatCode(() -> room.take(50)).doesNotThrowAnyException();
    }
}
