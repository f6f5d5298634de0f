package dev.penstock.server;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Opens files in the browser of the desktop, if there is one.
final class DesktopBrowser {
    /// In which a command that cannot do it says so.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private DesktopBrowser() {}

    /// Waits a moment to see whether it worked.
    ///
    /// @param environment of this process
    /// @return whether a browser was started
    static boolean open(Map<String, String> environment, Path page) {
        return open(environment, page, PATIENCE);
    }

    /// @param patience in which a command that cannot do it says so
    static boolean open(Map<String, String> environment, Path page, Duration patience) {
        List<String> command = new ArrayList<>(command(environment, System.getProperty("os.name", "")));
        if (command.isEmpty()) {
            return false;
        }
        command.add(page.toUri().toString());
        try {
            Process started = new ProcessBuilder(command)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            // One that goes on is the browser itself.
            return !started.waitFor(patience) || started.exitValue() == 0;
        } catch (IOException e) {
            return false; // There is no such command.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// What opens addresses, without the address; empty if there is no desktop. Pure.
    static List<String> command(Map<String, String> environment, String system) {
        String chosen = environment.getOrDefault("BROWSER", "").strip();
        if (!chosen.isEmpty()) {
            // Several may be named, the most wanted first.
            return List.of(chosen.split(":", -1)[0].strip().split(" +", -1));
        }
        if (system.toLowerCase(Locale.ROOT).contains("mac")) {
            return List.of("open");
        }
        boolean desktop = environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
        return desktop ? List.of("xdg-open") : List.of();
    }
}
