package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.split.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A rollout of two servers that share a record.
abstract class SeveralServersTests {
    @TempDir
    Path folder;

    RolloutWorld driver;
    RolloutWorld other;
    String id;

    @BeforeEach
    void open() throws IOException {
        driver = new RolloutWorld(folder);
        id = driver.start("lookup", Target.version("lookup", 1));
        other = driver.beside("there");
        tick(8);
        assertThat(state().phase()).isEqualTo(Phase.ANALYSE);
    }

    @AfterEach
    void close() {
        other.rollouts.close();
        driver.close();
    }

    void tick(int seconds) {
        for (int i = 0; i < seconds; i++) {
            other.tick(1);
            driver.tick(1);
        }
    }

    RolloutState state() {
        return driver.rollouts.one(id).state();
    }

    long sum(ToLongFunction<Epoch> counted) {
        return StateJson.read(driver.recorded(id).state()).epochs().stream()
                .mapToLong(counted)
                .sum();
    }

    long failed() {
        return sum(epoch -> epoch.counts("canary").failed());
    }

    long requests() {
        return sum(epoch -> epoch.counts("canary").requests());
    }
}
