package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Assigned;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import dev.penstock.server.calls.TraceContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExposureLogTest {
    private static final Assigned ARM = new Assigned("front", "canary", "m", 1, "hash", true, "front/v1", 7, 0, 500);

    /// Held, or it would be forgotten.
    private static final Logger OURS = Logger.getLogger(ExposureLog.class.getName());

    private final List<String> said = new ArrayList<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            said.add(logged.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

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

    @BeforeEach
    void listen() {
        OURS.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        OURS.removeHandler(handler);
    }

    private static FinishedCall call() {
        return new FinishedCall(
                CallKind.GRPC, new CallTimes(0, 0, 0, 0, 0, 0), TraceContext.NONE, "", "m", 2, null, 1, 0, 0, "", ARM);
    }

    @Test
    void aDiskThatIsFullIsToldOnceForEachSpell() throws Exception {
        ExposureSettings settings = new ExposureSettings(folder, 1 << 20, Duration.ofHours(1), 10 << 20);
        try (ExposureLog log =
                new ExposureLog(settings, _ -> 1, System::nanoTime, InstantSource.system(), this::disk)) {
            assertThat(log.write(List.of(call()))).isZero();
            full = true;
            for (int second = 0; second < 5; second++) {
                assertThat(log.write(List.of(call()))).as("lost").isEqualTo(1);
                assertThat(log.idle()).isZero();
            }
            assertThat(said).hasSize(1);

            full = false;
            assertThat(log.write(List.of(call()))).isZero();
            full = true;
            assertThat(log.write(List.of(call()))).isEqualTo(1);
            assertThat(said).as("another spell").hasSize(2);
            full = false;
        }
    }
}
