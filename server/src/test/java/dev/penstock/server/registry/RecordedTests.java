package dev.penstock.server.registry;

import dev.penstock.server.registry.RecordedRegistry.World;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What tests of registered models begin with: three models, and surroundings of their own.
@Timeout(240)
abstract class RecordedTests {
    static final String ONE = RecordedRegistry.model(1);
    static final String TWO = RecordedRegistry.model(2);
    static final String THREE = RecordedRegistry.model(3);

    World world;

    @BeforeEach
    void lay(@TempDir Path root) {
        world = new World(root);
    }
}
