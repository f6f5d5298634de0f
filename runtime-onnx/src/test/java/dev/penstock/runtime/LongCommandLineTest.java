package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class LongCommandLineTest {
    @Test
    void aShortOneIsTaken() throws Exception {
        assertThat(loaderIn("short")).isEqualTo("made");
    }

    @Test
    void aLongOneIsRefusedInsteadOfCrashing() throws Exception {
        assertThat(loaderIn("x".repeat(5_000))).startsWith("this process has a command line of ");
    }

    /// What [MakesALoader] prints in a process of its own.
    private static String loaderIn(String argument) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                MakesALoader.class.getName(),
                argument));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed.strip();
    }

    static final class MakesALoader {
        public static void main(String[] args) {
            try {
                OnnxLoader loader = new OnnxLoader(new NativeHandles());
                System.out.println(loader.getClass().isHidden() ? "" : "made");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
