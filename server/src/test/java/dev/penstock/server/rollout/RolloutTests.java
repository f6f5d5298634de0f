package dev.penstock.server.rollout;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What tests of rollouts begin with: a server of their own with a real record.
abstract class RolloutTests {
    @TempDir
    Path folder;

    RolloutWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new RolloutWorld(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }
}
