package dev.penstock.loadtest.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.loadtest.input.InputError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedFilesTest {
    @TempDir
    private Path folder;

    private final List<String> ids = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    private static String line(String id) {
        return "{\"time\":\"2026-01-31T12:00:00.123456Z\",\"id\":\"%s\",\"model\":\"m\",\"version\":1,".formatted(id)
                + "\"request\":{\"inputs\":[]},\"response\":{\"outputs\":[]}}";
    }

    private void read(String... lines) throws Exception {
        Path file = Files.write(folder.resolve("payload.jsonl"), List.of(lines));
        RecordedFiles.read(List.of(file), new RecordedFiles.Reader() {
            @Override
            public boolean wantsMore() {
                return true;
            }

            @Override
            public void broken(InputError why) {
                broken.add(String.valueOf(why.getMessage()));
            }

            @Override
            public void accept(Recording recording) {
                ids.add(recording.id());
            }
        });
    }

    @Test
    void aBrokenLineIsToldAndThoseAfterItAreRead() throws Exception {
        read(line("a"), line("b").substring(0, 40), line("c"));

        assertThat(ids).containsExactly("a", "c");
        assertThat(broken).singleElement().asString().contains("payload.jsonl, line 2");
    }

    @Test
    void aFileThatBeginsWithNoRecordIsRefused() {
        assertThatThrownBy(() -> read("not json", line("a")))
                .isInstanceOf(InputError.class)
                .hasMessageContaining("line 1");
        assertThat(ids).isEmpty();
    }

    @Test
    void anAnswerOfWhichNothingIsComparedIsNotTheSame() throws Exception {
        Recording recording = Recording.parse("here", line("a").getBytes(StandardCharsets.UTF_8));
        ReplayTally tally = new ReplayTally();
        tally.compared(recording, List.of());

        assertThat(tally.result().sent()).isOne();
        assertThat(tally.result().same()).isZero();
        assertThat(tally.result().uncompared()).isOne();
    }
}
