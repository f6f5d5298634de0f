package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.RecordingMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What releases before kept in a folder is taken over by the record.
class BaselineFilesTest extends BaselineStoreTests {
    /// As releases before kept them.
    private void keepInFolder(Baseline... baselines) throws IOException {
        Path own = Files.createDirectories(folder.resolve("m"));
        for (Baseline one : baselines) {
            Files.writeString(own.resolve(one.id() + ".json"), one.json());
        }
    }

    @Test
    void whatReleasesBeforeKeptIsTakenOverOnce() throws Exception {
        Baseline used = baseline(Baseline.Origin.LEARNED, 1);
        Baseline unused = baseline(Baseline.Origin.UPLOADED, 2);
        keepInFolder(used, unused);
        Path own = folder.resolve("m");
        Files.writeString(own.resolve("assigned.json"), "{\"3\":\"%s\",\"4\":\"gone\"}".formatted(used.id()));
        Files.writeString(own.resolve("broken.json"), "{");
        Path hours = Files.createDirectories(own.resolve("hours-3"));
        BaselineStore store = new BaselineStore(record, new BaselineFiles(folder), memory);

        assertThat(texts(store)).containsExactlyInAnyOrder(used.json(), unused.json());
        assertThat(store.assigned("m")).isEqualTo(Map.of(3L, used.id()));
        try (Stream<Path> left = Files.list(own)) {
            assertThat(left).containsExactlyInAnyOrder(own.resolve("broken.json"), hours);
        }

        store.remove("m", unused.id(), _ -> false, "ann");
        keepInFolder(used);
        Files.writeString(own.resolve("assigned.json"), "{\"3\":\"%s\"}".formatted(used.id()));
        BaselineStore restarted = new BaselineStore(record, new BaselineFiles(folder), new RecordingMemory(1 << 20));
        assertThat(texts(restarted)).containsExactly(used.json());
        assertThat(own.resolve("assigned.json")).doesNotExist();
    }

    @Test
    void filesStayOfWhatTheRecordHasNoRoomFor() throws Exception {
        full();
        Baseline local = baseline(Baseline.Origin.LEARNED, 1_000);
        Baseline known = baseline(Baseline.Origin.UPLOADED, 1);
        keepInFolder(local, known);
        Path own = folder.resolve("m");
        Files.writeString(own.resolve("assigned.json"), "{\"3\":\"%s\"}".formatted(local.id()));

        BaselineStore here = new BaselineStore(record, new BaselineFiles(folder), new RecordingMemory(1 << 20));

        assertThat(texts(here)).hasSize(BaselineStore.MOST).doesNotContain(local.json());
        try (Stream<Path> left = Files.list(own)) {
            assertThat(left).containsExactlyInAnyOrder(own.resolve(local.id() + ".json"), own.resolve("assigned.json"));
        }

        here.remove("m", baseline(Baseline.Origin.UPLOADED, 5).id(), _ -> false, "ann");
        BaselineStore restarted = new BaselineStore(record, new BaselineFiles(folder), new RecordingMemory(1 << 20));
        assertThat(text(restarted.assigned("m", 3))).isEqualTo(local.json());
        assertThat(own.resolve("assigned.json")).doesNotExist();
    }

    @Test
    void whatIsInTheRecordCountsMoreThanAFolder() throws Exception {
        Baseline recorded = baseline(Baseline.Origin.UPLOADED, 1);
        BaselineStore there = new BaselineStore(new SharedRecord(store), null, new RecordingMemory(1 << 20));
        assertThat(there.add(recorded, _ -> true, "ann")).isEmpty();
        assertThat(there.assign("m", 3, recorded.id(), "ann")).isTrue();
        Baseline local = baseline(Baseline.Origin.LEARNED, 2);
        keepInFolder(local);
        Files.writeString(
                folder.resolve("m").resolve("assigned.json"),
                "{\"3\":\"%s\",\"4\":\"%s\"}".formatted(local.id(), local.id()));

        BaselineStore here = new BaselineStore(record, new BaselineFiles(folder), memory);

        assertThat(text(here.assigned("m", 3))).isEqualTo(recorded.json());
        assertThat(text(here.assigned("m", 4))).isEqualTo(local.json());
    }

    @Test
    void aFolderIsKeptUntilTheRecordHasIt() throws Exception {
        Baseline one = baseline(Baseline.Origin.LEARNED, 1);
        keepInFolder(one);
        record.reachable = false;
        BaselineStore store = new BaselineStore(record, new BaselineFiles(folder), memory);

        assertThatThrownBy(() -> store.of("m")).isInstanceOf(ServingException.class);
        assertThat(store.isRead("m")).isFalse();
        assertThat(folder.resolve("m").resolve(one.id() + ".json")).exists();

        record.reachable = true;
        assertThat(texts(store)).containsExactly(one.json());
    }
}
