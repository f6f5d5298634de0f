package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExposureLogTest extends ExposureTests {
    @TempDir
    private Path folder;

    private boolean full;

    /// A real file on a disk that can be full.
    private Disk disk(Path path) throws IOException {
        Disk file = Disk.of(path);
        return new Disk() {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                if (full) {
                    throw new IOException("no space left");
                }
                file.write(bytes, from, count);
            }

            @Override
            public void cut(long length) throws IOException {
                file.cut(length);
            }

            @Override
            public void force() throws IOException {
                file.force();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    ExposureLogTest() {
        super(ExposureLog.class);
    }

    @Test
    void aDiskThatIsFullIsToldOnceForEachSpell() throws Exception {
        ExposureSettings settings = new ExposureSettings(folder, 1 << 20, Duration.ofHours(1), 10 << 20);
        try (ExposureLog files =
                new ExposureLog(settings, _ -> 1, System::nanoTime, InstantSource.system(), this::disk)) {
            assertThat(files.write(calls(1))).isZero();
            full = true;
            for (int second = 0; second < 5; second++) {
                assertThat(files.write(calls(1))).as("lost").isEqualTo(1);
                assertThat(files.idle()).isZero();
            }
            assertThat(log.messages()).hasSize(1);

            full = false;
            assertThat(files.write(calls(1))).isZero();
            full = true;
            assertThat(files.write(calls(1))).isEqualTo(1);
            assertThat(log.messages()).as("another spell").hasSize(2);
            full = false;
        }
    }
}
