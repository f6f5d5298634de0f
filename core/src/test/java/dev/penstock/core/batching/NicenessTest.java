package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class NicenessTest {
    /// The 19th field, counted from after the name, which may have anything in it.
    private static final int NICE_AFTER_NAME = 16;

    @Test
    void aWorkerIsNicerThanTheThreadThatMadeIt() {
        int before = niceness();
        CompletableFuture<Integer> worker = new CompletableFuture<>();
        Thread.ofPlatform().start(Niceness.nicely(() -> worker.complete(niceness())));

        assertThat(worker.join()).isEqualTo(Math.min(before + 5, 19));
        assertThat(niceness()).isEqualTo(before);
    }

    @Test
    void aCompilerIsBehindWorkers() {
        CompletableFuture<Integer> after = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            int said = Niceness.compilerGivesWay(thread());
            after.complete(said == 0 ? niceness() : said);
        });

        assertThat(after.join()).isEqualTo(Math.max(10, niceness()));
    }

    private static int thread() {
        try {
            return Integer.parseInt(
                    Path.of("/proc/thread-self").toRealPath().getFileName().toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int niceness() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Integer.parseInt(fields[NICE_AFTER_NAME]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
