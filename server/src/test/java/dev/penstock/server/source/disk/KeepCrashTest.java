package dev.penstock.server.source.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.Digests;
import dev.penstock.server.store.StoredFile;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that keeps files at any moment, and looks at what it left.
class KeepCrashTest {
    private static final long SEED = 5;
    private static final int ROUNDS = 6;

    @TempDir
    Path data;

    @Test
    void aKilledProcessLeavesNoFileWithOtherContentThanItsHashAndLosesNoneItKept() throws Exception {
        Random random = new Random(SEED);
        List<String> kept = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            kept.addAll(keptUntilKilled(round, 1 + random.nextInt(60), random.nextInt(200_000)));

            assertThat(hashesOfFiles()).as("round %d of seed %d", round, SEED).containsAll(kept);
        }
        assertThat(kept).isNotEmpty();
        try (DiskModelFiles files = DiskModelFiles.open(data, 1 << 30, null, InstantSource.system());
                Stream<Path> incoming = Files.list(data.resolve("incoming"))) {
            assertThat(files.has(List.of())).isTrue();
            assertThat(incoming).isEmpty();
        }
    }

    /// @param lines how much it may say before it is killed
    /// @param spins how much later, in turns of a loop
    private List<String> keptUntilKilled(int round, int lines, int spins) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                KeepsFiles.class.getName(),
                data.toString(),
                Integer.toString(round));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<String> said = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (int i = 0; i < lines; i++) {
                said.add(out.readLine());
            }
            for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(said).doesNotContainNull();
        return said;
    }

    /// Fails if one has another hash than its name says.
    private List<String> hashesOfFiles() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(data.resolve("files"))) {
            all = files.filter(Files::isRegularFile).toList();
        }
        List<String> names = new ArrayList<>();
        for (Path file : all) {
            String hash = HexFormat.of().formatHex(Digests.sha256().digest(Files.readAllBytes(file)));
            assertThat(file.getFileName()).hasToString(hash);
            names.add(hash);
        }
        return names;
    }

    static final class KeepsFiles {
        public static void main(String[] args) {
            Random random = new Random(Long.parseLong(args[1]));
            try (DiskModelFiles files = DiskModelFiles.open(Path.of(args[0]), 1 << 30, null, InstantSource.system())) {
                while (true) {
                    byte[] content = new byte[random.nextInt(300_000)];
                    random.nextBytes(content);
                    StoredFile kept = files.keep("m", new ByteArrayInputStream(content), "", Long.MAX_VALUE);
                    System.out.println(kept.sha256());
                }
            }
        }
    }
}
