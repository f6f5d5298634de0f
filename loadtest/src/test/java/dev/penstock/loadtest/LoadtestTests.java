package dev.penstock.loadtest;

import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.result.TestResults;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// What tests of the whole `loadtest` command have in common: a folder, and what the command leaves there.
abstract class LoadtestTests {
    @TempDir
    Path folder = Path.of("");

    Run run(String... args) {
        return Run.loadtest(folder.resolve("out"), args);
    }

    TestResult result() throws IOException {
        return TestResults.read(folder.resolve("out/result.json"));
    }
}
