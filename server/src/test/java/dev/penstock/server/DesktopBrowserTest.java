package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class DesktopBrowserTest {
    @TempDir
    private Path folder;

    @Test
    void theOneThatIsChosenIsAsked() throws Exception {
        Path asked = folder.resolve("asked");
        Path page = folder.resolve("a page.html");

        assertThat(open(script("echo \"$1\" > " + asked), page)).isTrue();
        assertThat(asked).hasContent(page.toUri().toString());
        assertThat(open(script("exit 3"), page)).isFalse();
        assertThat(open(folder + "/nothing", page)).isFalse();
    }

    private static boolean open(String browser, Path page) {
        return DesktopBrowser.open(Map.of("BROWSER", browser), page, Duration.ofMinutes(1));
    }

    private String script(String line) throws Exception {
        Path script = Files.writeString(folder.resolve("browser"), "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }

    @Test
    void whatOpensPagesDependsOnTheDesktop() {
        assertThat(DesktopBrowser.command(Map.of(), "Linux")).isEmpty();
        assertThat(DesktopBrowser.command(Map.of("DISPLAY", ":0"), "Linux")).containsExactly("xdg-open");
        assertThat(DesktopBrowser.command(Map.of("WAYLAND_DISPLAY", "wayland-0"), "Linux"))
                .containsExactly("xdg-open");
        assertThat(DesktopBrowser.command(Map.of(), "Mac OS X")).containsExactly("open");
        assertThat(DesktopBrowser.command(Map.of("BROWSER", "firefox --new-window:w3m"), "Linux"))
                .isEqualTo(List.of("firefox", "--new-window"));
    }
}
