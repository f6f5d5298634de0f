package dev.penstock.server.source.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarFilesTest {
    private static final long PLENTY = 1 << 20;

    private final Map<String, String> taken = new TreeMap<>();
    private final TarWriter tar = new TarWriter();

    @Test
    void filesComeByTheirPathsAndFoldersAndHiddenOnesStayOut() {
        tar.folder("./")
                .folder("./m/")
                .file("./m/model.onnx", "graph")
                .file("m/.hidden", "no")
                .file("m/w", "");
        tar.file("m/" + "x".repeat(90), "512 ".repeat(128));

        each();

        assertThat(taken)
                .containsExactly(
                        Map.entry("m/model.onnx", "graph"),
                        Map.entry("m/w", ""),
                        Map.entry("m/" + "x".repeat(90), "512 ".repeat(128)));
    }

    @Test
    void longNamesAndSizesStandInNotes() {
        String folder = "long".repeat(40) + "/";
        tar.entry('x', "note", TarWriter.pax("path", folder + "pax") + TarWriter.pax("size", "3"))
                .entry('0', "short", "pax", 0)
                .entry('L', "././@LongLink", folder + "gnu\0")
                .entry('0', "short", "gnu")
                .entry('g', "all", TarWriter.pax("path", "no"))
                .prefixed("top/below", "file", "ustar");

        each();

        assertThat(taken)
                .containsExactly(
                        Map.entry(folder + "gnu", "gnu"),
                        Map.entry(folder + "pax", "pax"),
                        Map.entry("top/below/file", "ustar"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "a/../../evil", "/etc/evil", "a//b", "a\\b", "a/"})
    void aPathThatLeadsElsewhereIsRefused(String path) {
        tar.file(path, "evil");

        assertFails(Reason.REFUSED, "expected: a plain path");
        assertThat(taken).isEmpty();
    }

    @Test
    void soIsOneInANote() {
        tar.entry('x', "note", TarWriter.pax("path", "../evil")).file("good", "evil");

        assertFails(Reason.REFUSED, "expected: a plain path");
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "6", "S", "K", "V"})
    void whatIsNeitherAFileNorAFolderIsRefused(char type) {
        tar.entry(type, "link", "");

        assertFails(Reason.REFUSED, "'link', which is neither a file nor a folder (entry type " + type + ")");
    }

    @Test
    void whatUnpacksToTooMuchIsRefusedBeforeItIsRead() {
        tar.file("one", "x".repeat(600)).entry('5', "folder/", "", 1L << 32);

        assertFails(Reason.TOO_LARGE, "at most " + PLENTY);
        assertThat(taken).containsOnlyKeys("one");
    }

    @Test
    void aCutOffOrDamagedArchiveIsNoArchive() {
        tar.file("one", "x".repeat(600));
        byte[] whole = tar.bytes();
        byte[] damaged = whole.clone();
        damaged[3] ^= 1;

        for (byte[] bytes : new byte[][] {
            Arrays.copyOf(whole, 700), Arrays.copyOf(whole, 1536), Arrays.copyOf(whole, 100), damaged, new byte[0]
        }) {
            assertThatThrownBy(() -> each(bytes))
                    .isInstanceOfSatisfying(
                            FetchException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
        }
    }

    private void assertFails(Reason reason, String message) {
        assertThatThrownBy(this::each)
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(message);
    }

    private void each() {
        each(tar.bytes());
    }

    private void each(byte[] archive) {
        TarFiles.each(new ByteArrayInputStream(archive), PLENTY, (path, content) -> taken.put(path, text(content)));
    }

    private static String text(InputStream content) {
        try {
            return new String(content.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
