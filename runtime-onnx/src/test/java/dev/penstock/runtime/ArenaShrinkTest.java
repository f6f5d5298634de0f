package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What one large request takes is given back after it.
@EnabledOnOs(OS.LINUX)
class ArenaShrinkTest extends RuntimeTest {
    private static final Pattern ANONYMOUS = Pattern.compile("(?m)^RssAnon:\\s*(\\d+) kB$");
    private static final int LARGE_ROWS = 16_384;

    /// Of the largest tensor inside the model.
    private static final long LARGE_BYTES = LARGE_ROWS * 16L * 1024;

    @Test
    void oneLargeRequestDoesNotRaiseMemoryForEver() throws IOException {
        try (LoadedModel model = load(OnnxModels.wideInside())) {
            for (int i = 0; i < 10; i++) {
                assertThat(answer(model, 1)).isEqualTo(2);
            }
            long beforeBytes = anonymousBytes();

            assertThat(answer(model, LARGE_ROWS)).isEqualTo(2);
            assertThat(answer(model, 1)).isEqualTo(2);

            long grownBytes = anonymousBytes() - beforeBytes;
            assertThat(grownBytes)
                    .as("grown by, and the request took %d", LARGE_BYTES)
                    .isLessThan(LARGE_BYTES / 2);
        }
    }

    private static float answer(LoadedModel model, int rows) {
        float[] ones = new float[rows];
        Arrays.fill(ones, 1);
        Tensor y = runOne(model, Tensors.floats("x", Shape.of(rows, 1), ones));
        return Tensors.floats(y)[rows - 1];
    }

    private static long anonymousBytes() throws IOException {
        Matcher line = ANONYMOUS.matcher(Files.readString(Path.of("/proc/self/status")));
        assertThat(line.find()).isTrue();
        return Long.parseLong(line.group(1)) << 10;
    }
}
