package dev.penstock.browser;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The system's Chromium without a window, with a profile of its own and no way out to the network, driven by the
/// system's own driver so that none is downloaded. Confined to one thread.
public final class Browser implements AutoCloseable {
    public static final String NEEDED =
            "needs /usr/bin/chromium and /usr/bin/chromedriver" + " (Debian: apt-get install chromium chromium-driver)";

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final List<String> ARGUMENTS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");

    /// It warns that it has no classes for this Chromium's protocol, which are not needed for what is used of it.
    private static final Logger VERSIONS = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    private final ChromeDriver driver;

    /// @param profile an empty folder
    public Browser(Path profile) {
        VERSIONS.setLevel(Level.SEVERE);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.addArguments(ARGUMENTS);
        options.addArguments("--user-data-dir=" + profile);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
    }

    public static boolean isInstalled() {
        return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    }

    /// Opens a page as people would who like it light or dark, in a window of that width.
    ///
    /// @param scheme `light` or `dark`
    /// @return what it asked for
    public Visit open(Path page, String scheme, int width) {
        return open(page.toUri(), scheme, width);
    }

    /// The same with a page of this machine, at 127.0.0.1.
    public Visit open(URI page, String scheme, int width) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        // Each look at a log empties it; what came before this page is not about it.
        log(LogType.PERFORMANCE).forEach(_ -> {});
        log(LogType.BROWSER).forEach(_ -> {});
        driver.get(page.toString());
        return new Visit(requests(), complaints());
    }

    private Stream<LogEntry> log(String type) {
        return driver.manage().logs().get(type).getAll().stream();
    }

    private List<String> requests() {
        return log(LogType.PERFORMANCE)
                .map(entry -> JsonMapper.shared().readTree(entry.getMessage()).path("message"))
                .filter(event -> event.path("method").asString("").equals("Network.requestWillBeSent"))
                .map(event -> event.path("params").path("request").path("url").asString(""))
                .toList();
    }

    private List<String> complaints() {
        return log(LogType.BROWSER)
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .toList();
    }

    /// @param script the body of a function
    /// @return what it returns, by way of JSON
    public JsonNode ask(String script) {
        Object answer = driver.executeScript("return JSON.stringify((() => {" + script + "})())");
        return JsonMapper.shared().readTree((String) Objects.requireNonNull(answer, script));
    }

    /// What is to be seen now, the whole page.
    ///
    /// @return a PNG
    public byte[] screenshot() {
        Map<String, Object> taken = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        return Base64.getDecoder().decode((String) Objects.requireNonNull(taken.get("data"), "data"));
    }

    @Override
    public void close() {
        driver.quit();
    }

    /// @param requests addresses
    /// @param complaints what the browser's console shows
    public record Visit(List<String> requests, List<String> complaints) {}
}
