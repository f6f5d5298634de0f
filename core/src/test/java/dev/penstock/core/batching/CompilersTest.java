package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilersTest {
    @TempDir
    Path threads;

    private final List<Integer> nicer = new ArrayList<>();

    @BeforeEach
    void aProcess() throws IOException {
        thread(11, "java");
        thread(12, "C2 CompilerThre");
        thread(13, "C1 CompilerThre");
        thread(14, "model-worker-0");
        Files.createDirectory(threads.resolve("15")); // It ended while its folder was looked at.
    }

    @Test
    void compilersGiveWayAndNobodyElse() {
        compilers().giveWay();

        assertThat(nicer).containsExactlyInAnyOrder(12, 13);
    }

    @Test
    void onceIsEnough() {
        Compilers compilers = compilers();
        compilers.giveWay();
        compilers.giveWay();

        assertThat(nicer).hasSize(2);
    }

    @Test
    void withoutSuchFoldersNothingHappens() {
        new Compilers(threads.resolve("none"), this::add).giveWay();

        assertThat(nicer).isEmpty();
    }

    private Compilers compilers() {
        return new Compilers(threads, this::add);
    }

    private int add(int thread) {
        nicer.add(thread);
        return 0;
    }

    private void thread(int id, String name) throws IOException {
        Path folder = Files.createDirectory(threads.resolve(Integer.toString(id)));
        Files.writeString(folder.resolve("comm"), name + "\n");
    }
}
