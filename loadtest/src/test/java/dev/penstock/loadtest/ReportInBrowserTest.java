package dev.penstock.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.browser.Browser;
import dev.penstock.browser.Looks;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.stub.OipServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The HTML report of a real run, as a real browser shows it. Numbers of the run are not judged, only whether
/// the page has those that `result.json` has.
@TestInstance(Lifecycle.PER_CLASS)
class ReportInBrowserTest {
    private static final int DESK = 1200;
    private static final int PHONE = 400;

    private final Path folder;
    private final Path report;
    private final JsonNode result;
    private final Browser browser;
    private final Looks looks;

    ReportInBrowserTest(@TempDir Path folder) throws IOException {
        assumeTrue(Browser.isInstalled(), Browser.NEEDED);
        this.folder = folder;
        this.report = folder.resolve("out/report.html");
        measure();
        this.result = Json.MAPPER.readTree(Files.readString(folder.resolve("out/result.json")));
        this.browser = new Browser(Files.createDirectory(folder.resolve("profile")));
        this.looks = new Looks(browser);
    }

    private void measure() throws IOException {
        try (OipServer server = new OipServer()) {
            Path scenario = Files.writeString(folder.resolve("scenario.yaml"), """
                name: sums
                target: %s
                mix:
                  - {name: current, model: sum, version: "2", weight: 3}
                  - {name: old, model: sum, version: "1"}
                loads:
                  - {rates: [200, 400, 800]}
                  - {concurrency: 2}
                warm-up: 200ms
                duration: 1s
                window: 200ms
                slo: {p99: 1s}
                expected-shares: {arm: {stable: 75, canary: 25}}
                """.formatted(server.grpcUrl()));

            Run run = Run.loadtest(report.resolveSibling(""), scenario.toString());

            assertThat(run.exitCode()).as(run.err()).isIn(ExitCode.OK, ExitCode.INVALID, ExitCode.REFUSED);
        }
    }

    @AfterAll
    void close() {
        browser.close();
    }

    @Test
    void nothingIsFetchedAndTheConsoleIsSilent() {
        Browser.Visit visit = browser.open(report, "light", DESK);

        assertThat(visit.requests()).containsExactly(report.toUri().toString());
        assertThat(visit.complaints()).isEmpty();
    }

    @Test
    void eachPlotIsDrawn() {
        browser.open(report, "light", DESK);

        JsonNode plots = looks.plots();

        assertThat(texts(plots, "title"))
                .startsWith("Latency by percentile", "Latency by rate")
                .contains("Rate over time", "Latency over time", "Histogram of latencies");
        for (JsonNode plot : plots) {
            String title = plot.path("title").asString();
            assertThat(plot.path("width").doubleValue()).as(title).isGreaterThan(600);
            assertThat(plot.path("height").doubleValue()).as(title).isGreaterThan(300);
            assertThat(plot.path("lines").size()).as(title).isPositive();
            for (JsonNode line : plot.path("lines")) {
                assertThat(line.path("length").doubleValue()).as(title).isGreaterThan(100);
                assertThat(line.path("width").doubleValue()).as(title).isGreaterThan(100);
                assertThat(line.path("inside").booleanValue()).as(title).isTrue();
            }
            assertThat(Looks.strings(plot.path("cut"))).as(title).isEmpty();
            assertThat(Looks.strings(plot.path("collisions"))).as(title).isEmpty();
        }
        JsonNode percentiles = plots.path(0).path("lines");
        assertThat(percentiles.size()).isEqualTo(result.path("stages").size());
        assertThat(percentiles).allMatch(line -> line.path("height").doubleValue() > 1);
    }

    @Test
    void theTablesHaveTheNumbersOfTheResult() {
        browser.open(report, "light", DESK);

        JsonNode table = browser.ask("""
            const table = document.querySelector('[role=region][aria-label=Stages] table');
            const columns = [...table.querySelectorAll('thead th')].map(cell => cell.innerText);
            return [...table.querySelectorAll('tbody tr')].map(row =>
                Object.fromEntries([...row.children].map((cell, i) => [columns[i], cell.innerText])));
            """);

        assertThat(texts(table, "Stage")).isEqualTo(texts(result.path("stages"), "name"));
        for (int i = 0; i < table.size(); i++) {
            JsonNode row = table.path(i);
            JsonNode stage = result.path("stages").path(i);
            assertThat(row.path("Valid").asString())
                    .isEqualTo(stage.path("valid").booleanValue() ? "yes" : "NO");
            assertFigure(row, "Rate/s", stage.path("achieved_per_second"));
            assertFigure(row, "Offered/s", stage.path("offered_per_second"));
            Map.of("p50", "p50_micros", "p90", "p90_micros", "p99", "p99_micros", "Max", "max_micros")
                    .forEach((column, field) ->
                            assertFigure(row, column, stage.path("latency").path(field)));
        }
    }

    /// A figure has three digits that count.
    private static void assertFigure(JsonNode row, String column, JsonNode number) {
        String figure = row.path(column).asString();
        if (number.isNull()) {
            assertThat(figure).as(column).isEqualTo("-");
            return;
        }
        String[] parts = figure.replace(",", "").split(" ", 2);
        double unit =
                parts.length == 1 ? 1 : Map.of("us", 1.0, "ms", 1e3, "s", 1e6).getOrDefault(parts[1], Double.NaN);
        double expected = number.doubleValue();
        assertThat(Double.parseDouble(parts[0]) * unit)
                .as(column + ": " + figure)
                .isCloseTo(expected, within(expected * 0.0051));
    }

    @Test
    void theVerdictComesFirst() {
        browser.open(report, "light", DESK);

        JsonNode top = browser.ask("""
            return [...document.querySelectorAll('h1, .verdict')].map(element => ({
              text: element.innerText, bottom: element.getBoundingClientRect().bottom}));
            """);

        assertThat(top.path(0).path("text").asString()).isEqualTo("Load test: sums");
        assertThat(top.path(1).path("text").asString())
                .contains(result.path("valid").booleanValue() ? "Valid: " : "NOT VALID: ");
        assertThat(top.path(1).path("bottom").doubleValue()).isLessThan(400);
    }

    @ParameterizedTest
    @CsvSource({"light, 0.8, 1", "dark, 0, 0.1"})
    void allIsReadable(String scheme, double darkest, double lightest) {
        browser.open(report, scheme, DESK);

        assertThat(looks.luminance()).isBetween(darkest, lightest);
        assertThat(looks.faintTexts()).isEmpty();
        assertThat(looks.faintLines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void aPhoneShowsAllOfItWithoutMovingThePageAside(String scheme) {
        browser.open(report, scheme, PHONE);

        assertThat(looks.overflow()).isZero();
        assertThat(looks.smallestInPlots()).isGreaterThanOrEqualTo(9);
    }

    @Test
    void whatIsWrongWouldBeSeen() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.html"), """
            <!DOCTYPE html>
            <html lang="en"><head><title>bad</title></head><body style="background: #fff">
            <p style="color: #bbb">faint</p>
            <div style="width: 900px">wide</div>
            <figure><svg viewBox="0 0 900 300" width="900"><title>bad</title>
            <path class="line curve" style="stroke: #eee" d="M0 0L9 9"/>
            <text x="895" y="20">cut</text><text x="9" y="90" font-size="5">one</text><text x="12" y="92">two</text>
            </svg></figure>
            <img alt="none" src="http://127.0.0.1:9999/fetched.png"/>
            </body></html>
            """);

        Browser.Visit visit = browser.open(bad, "light", PHONE);

        assertThat(visit.requests()).contains("http://127.0.0.1:9999/fetched.png");
        assertThat(visit.complaints()).isNotEmpty();
        assertThat(looks.overflow()).isPositive();
        assertThat(looks.faintTexts()).singleElement().asString().startsWith("faint");
        assertThat(looks.faintLines()).hasSize(1);
        assertThat(looks.smallestInPlots()).isEqualTo(5);
        JsonNode plot = looks.plots().path(0);
        assertThat(Looks.strings(plot.path("cut"))).containsExactly("cut");
        assertThat(Looks.strings(plot.path("collisions"))).containsExactly("one | two");
    }

    private static List<String> texts(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(element -> element.path(field).asString())
                .toList();
    }
}
