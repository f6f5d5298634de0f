package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSignaturesTest {
    private static final Signature SIGNATURE = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1)), List.of(TensorSpec.of("y", DataType.FP32, -1)), 0);
    private static final int MOST = 4;

    @TempDir
    private Path root;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void lay() {
        Disk disk = new Disk(root.resolve("models"));
        for (int model = 0; model < MOST + 1; model++) {
            disk.version("m" + model, 1, Disk.PLAIN + "output z%d FP32 -1\n".formatted(model));
        }
    }

    @Test
    void ofTooManyThoseGoThatWereUsedLongestAgo() throws Exception {
        KeptSignatures kept = kept();
        for (int model = 0; model < MOST + 1; model++) {
            keep(kept, model);
            now = now.plus(Duration.ofDays(2));
        }
        // The oldest of all, and one that is met again.
        assertThat(find(kept, 0)).isTrue();
        keep(kept, 2);
        now = now.plus(Duration.ofDays(2));

        KeptSignatures again = kept();
        assertThat(List.of(find(again, 0), find(again, 1), find(again, 2), find(again, 3)))
                .containsExactly(true, false, true, false);
    }

    private KeptSignatures kept() {
        return KeptSignatures.in(root.resolve("signatures"), MOST, () -> now);
    }

    private boolean find(KeptSignatures kept, int model) throws Exception {
        ModelFolder folder = folder(model);
        return SIGNATURE.equals(kept.find(folder, ModelSettings.of(folder, Device.CPU), 1));
    }

    private void keep(KeptSignatures kept, int model) throws Exception {
        ModelFolder folder = folder(model);
        kept.keep(folder, ModelSettings.of(folder, Device.CPU), 1, SIGNATURE);
    }

    private ModelFolder folder(int model) {
        ModelRepository models = ModelRepository.of(List.of(root.resolve("models")));
        return Objects.requireNonNull(models.read("m" + model));
    }
}
