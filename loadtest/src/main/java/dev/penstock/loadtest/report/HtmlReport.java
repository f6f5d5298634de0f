package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.TestResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A result as one HTML page that asks the network for nothing and runs no script, so that it can be
/// kept, sent and opened anywhere.
final class HtmlReport {
    private static final String ONLY_STYLES = "default-src 'none'; style-src 'unsafe-inline'";
    private static final DateTimeFormatter BEGUN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final TestResult result;
    private final Markup page = new Markup();

    private HtmlReport(TestResult result) {
        this.result = result;
    }

    static String of(TestResult result) {
        HtmlReport report = new HtmlReport(result);
        report.write();
        return "<!DOCTYPE html>\n" + report.page;
    }

    private void write() {
        page.start("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml")
                .start("head");
        page.empty("meta", "charset", "utf-8");
        page.empty("meta", "http-equiv", "Content-Security-Policy", "content", ONLY_STYLES);
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.empty("meta", "name", "color-scheme", "content", "light dark");
        page.leaf("title", "Load test: " + result.name());
        page.style(styleSheet()).end("head").start("body").start("main");
        head();
        summary();
        plots().forEach(this::figure);
        Tables.of(result).stream().skip(1).forEach(table -> section(table.title(), table));
        circumstances();
        page.end("main").end("body").end("html");
    }

    private void head() {
        page.leaf("h1", "Load test: " + result.name());
        String server = result.versions().getOrDefault("server", "");
        page.leaf("p", BEGUN.format(result.at()) + (server.isEmpty() ? "" : ", server " + server), "class", "soft");
        page.leaf("p", Words.verdict(result), "class", result.isValid() ? "verdict valid" : "verdict invalid");
        KeyNumbers.of(result).ifPresent(this::keyNumbers);
    }

    private void keyNumbers(KeyNumbers key) {
        page.start("section", "class", "key").leaf("p", key.heading()).start("dl");
        key.tiles()
                .forEach(tile -> page.start("div")
                        .leaf("dt", tile.name())
                        .leaf("dd", tile.figure())
                        .end("div"));
        page.end("dl").end("section");
    }

    private void summary() {
        sentences(Words.caveats(result), "caveats");
        sentences(Words.promises(result), "promises");
        sentences(result.findings(), "findings");
        section("Stages", Tables.stages(result));
    }

    private void sentences(List<String> sentences, String kind) {
        if (!sentences.isEmpty()) {
            page.start("ul", "class", kind);
            sentences.forEach(sentence -> page.leaf("li", sentence));
            page.end("ul");
        }
    }

    private List<Plot> plots() {
        List<Plot> plots = new ArrayList<>();
        Curves stages = Curves.ofStages(result);
        if (!stages.isEmpty()) {
            plots.add(PercentilePlot.of("percentiles", "Latency by percentile", stages));
            RatePlot.of("rates", result).ifPresent(plots::add);
        }
        TimePlots time = new TimePlots(result);
        if (!time.isEmpty()) {
            plots.add(time.rates("rate-over-time"));
            plots.add(time.latencies("latency-over-time"));
        }
        if (!stages.isEmpty()) {
            plots.add(SpreadPlot.of("histogram", stages));
        }
        Curves.ofParts(result).forEach((kind, curves) -> {
            if (!curves.isEmpty()) {
                String title = "Latency by percentile for each " + kind + ", valid stages together";
                plots.add(PercentilePlot.of("part-" + plots.size(), title, curves));
            }
        });
        return plots;
    }

    private void figure(Plot plot) {
        page.leaf("h2", plot.title(), "id", plot.id());
        page.start("figure");
        page.start("div", "class", "wide", "tabindex", "0", "role", "region", "aria-label", plot.title());
        page.add(SvgPlot.of(plot)).end("div");
        page.leaf("figcaption", plot.note());
        page.start("details").leaf("summary", "The numbers of this plot");
        table(plot.table());
        page.end("details").end("figure");
    }

    private void section(String title, Table table) {
        page.leaf("h2", title);
        table(table);
    }

    private void table(Table table) {
        page.start("div", "class", "wide", "tabindex", "0", "role", "region", "aria-label", table.title());
        page.start("table").start("thead").start("tr");
        for (int i = 0; i < table.columns().size(); i++) {
            page.leaf("th", table.columns().get(i), "scope", "col", "class", i < table.texts() ? "word" : "figure");
        }
        page.end("tr").end("thead").start("tbody");
        table.rows().forEach(row -> row(row, table.texts()));
        page.end("tbody").end("table").end("div");
    }

    private void row(List<String> row, int texts) {
        page.start("tr");
        for (int i = 0; i < row.size(); i++) {
            String kind = i < texts ? "word" : "figure";
            if (i == 0) {
                page.leaf("th", row.get(i), "scope", "row", "class", kind);
            } else {
                page.leaf("td", row.get(i), "class", row.get(i).equals("NO") ? kind + " invalid" : kind);
            }
        }
        page.end("tr");
    }

    private void circumstances() {
        List<String> columns = List.of("What", "Value");
        section("Circumstances", new Table("Circumstances", columns, 2, Words.circumstances(result)));
        page.leaf("h2", "Scenario");
        page.leaf("pre", result.scenario(), "tabindex", "0");
    }

    private static String styleSheet() {
        try (InputStream sheet = HtmlReport.class.getResourceAsStream("report.css")) {
            return new String(Objects.requireNonNull(sheet, "report.css").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("report.css cannot be read from the program itself", e);
        }
    }
}
