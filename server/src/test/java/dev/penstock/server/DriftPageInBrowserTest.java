package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.browser.Browser;
import dev.penstock.browser.Looks;
import dev.penstock.server.DigitsTraffic.Look;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What a gateway says of digits that look otherwise to a real browser that asks its admin port. Numbers are
/// not judged, only whether the page has those that the API says.
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(400)
class DriftPageInBrowserTest {
    private static final int DESK = 1200;
    private static final int PHONE = 400;

    private final DriftedDigits digits;
    private final URI address;
    private final JsonNode drift;
    private final Browser browser;
    private final Looks looks;

    DriftPageInBrowserTest(@TempDir Path folder) throws Exception {
        assumeTrue(Browser.isInstalled(), Browser.NEEDED);
        digits = new DriftedDigits(Files.createDirectory(folder.resolve("data")));
        digits.drift(Look.ROTATED);
        address = digits.address();
        drift = digits.answer();
        browser = new Browser(Files.createDirectory(folder.resolve("profile")));
        looks = new Looks(browser);
    }

    @AfterAll
    void close() {
        browser.close();
        digits.close();
    }

    @Test
    void nothingElseIsFetchedAndTheConsoleIsSilent() throws IOException {
        Browser.Visit visit = browser.open(address, "light", DESK);

        assertThat(visit.requests()).filteredOn(one -> !one.startsWith("data:")).containsExactly(address.toString());
        assertThat(visit.complaints()).isEmpty();
        Path kept = Files.createDirectories(TestGateways.ROOT.resolve("server/target/screenshots"));
        Files.write(kept.resolve("drift.png"), browser.screenshot());
    }

    @Test
    void itsTextSaysWhatTheAnswerSays() {
        browser.open(address, "light", DESK);

        JsonNode said = browser.ask("""
            return {
              title: document.querySelector('h1').innerText,
              verdict: document.querySelector('.verdict').innerText,
              features: [...document.querySelectorAll('section h2')].map(head => head.innerText),
            };
            """);

        String status = drift.path("status").asString("");
        assertThat(status).isIn("warning", "critical");
        assertThat(said.path("title").asString(""))
                .startsWith("Drift of digits version 2")
                .endsWith(status);
        assertThat(said.path("verdict").asString("")).startsWithIgnoringCase(status + ": it has drifted");
        List<String> expected = new ArrayList<>();
        drift.path("features")
                .forEach(one -> expected.add(
                        one.path("name").asString("") + " " + one.path("status").asString("")));
        assertThat(Looks.strings(said.path("features"))).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void eachFeatureHasAPlot() {
        browser.open(address, "light", DESK);

        JsonNode plots = looks.plots();

        assertThat(plots.size()).isEqualTo(drift.path("features").size()).isPositive();
        for (JsonNode plot : plots) {
            String title = plot.path("title").asString("");
            assertThat(title).startsWith("output:");
            assertThat(plot.path("width").doubleValue()).as(title).isGreaterThan(400);
            assertThat(plot.path("height").doubleValue()).as(title).isGreaterThan(100);
            assertThat(Looks.strings(plot.path("cut"))).as(title).isEmpty();
            assertThat(Looks.strings(plot.path("collisions"))).as(title).isEmpty();
        }
        JsonNode bars = browser.ask("""
            return [...document.querySelectorAll('section')].map(section =>
                ['usual', 'now'].map(kind => Math.max(...[...section.querySelectorAll('rect.' + kind)]
                    .map(bar => bar.getBoundingClientRect().height))));
            """);
        assertThat(bars)
                .allMatch(heights ->
                        heights.path(0).doubleValue() > 5 && heights.path(1).doubleValue() > 5);
    }

    @Test
    void itSaysWhatSubWindowsSayTogether() {
        browser.open(address, "light", DESK);

        JsonNode names = browser.ask("""
            return [...document.querySelectorAll('table.evidence tr')].slice(1).map(row => row.cells[0].innerText);
            """);

        List<String> expected = new ArrayList<>();
        drift.path("evidence")
                .path("features")
                .forEach(one -> expected.add(one.path("name").asString("")));
        assertThat(Looks.strings(names)).isNotEmpty().containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @CsvSource({"light, 0.8, 1", "dark, 0, 0.1"})
    void allIsReadable(String scheme, double darkest, double lightest) {
        browser.open(address, scheme, DESK);

        assertThat(looks.luminance()).isBetween(darkest, lightest);
        assertThat(looks.faintTexts()).isEmpty();
    }

    @Test
    void aPhoneShowsAllOfItWithoutMovingThePageAside() {
        browser.open(address, "dark", PHONE);

        assertThat(looks.overflow()).isZero();
        assertThat(looks.smallestInPlots()).isGreaterThanOrEqualTo(9);
    }
}
