package dev.penstock.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that starts while another process only looks at its record.
@Timeout(240)
class RecordLockTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void whoOnlyLooksIsWaitedFor() throws Exception {
        Process looking = looking();
        try (BufferedReader said = looking.inputReader()) {
            assertThat(said.readLine()).isEqualTo("true");
            AtomicInteger pauses = new AtomicInteger();

            RecordLock lock = RecordLock.take(folder.resolve("record.db"), () -> {
                pauses.incrementAndGet();
                letGo(looking, said);
            });

            assertThat(pauses).hasValue(1);
            lock.close();
        } finally {
            looking.destroyForcibly().waitFor();
        }
    }

    @Test
    void whoStaysIsToldOf() throws Exception {
        Process looking = looking();
        try (BufferedReader said = looking.inputReader()) {
            assertThat(said.readLine()).isEqualTo("true");
            Path record = folder.resolve("record.db");

            assertThatThrownBy(() -> RecordLock.take(record, () -> {}))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("record.db is in use by process 4711");

            letGo(looking, said);
            RecordLock.take(record, () -> {}).close();
        } finally {
            looking.destroyForcibly().waitFor();
        }
    }

    private static void letGo(Process looking, BufferedReader said) {
        try {
            looking.getOutputStream().close();
            assertThat(said.readLine()).isEqualTo("over");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process looking() throws IOException {
        Path file = Files.writeString(folder.resolve("record.db.lock"), "4711\n");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        LockHolder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start();
    }
}
