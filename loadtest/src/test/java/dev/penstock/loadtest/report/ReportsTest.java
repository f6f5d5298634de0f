package dev.penstock.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.result.TestResults;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {
    private static final TestResult RESULT = Samples.capacity(1);

    @Test
    void everyFormGoesIntoTheFolder(@TempDir Path folder) throws IOException {
        Path made = folder.resolve("a/b");
        Reports.write(RESULT, made);
        Reports.write(RESULT, made);

        try (Stream<Path> files = Files.list(made)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "result.json", "report.html", "report.md", "stages.csv", "windows.csv", "latency.hlog");
        }
        assertThat(TestResults.read(made.resolve("result.json"))).isEqualTo(RESULT);
    }

    @Test
    void theTerminalShowsAllWithin100Columns() {
        String text = printed(RESULT);

        assertThat(text)
                .contains("4000/s  NO      4,000      4,000")
                .contains("NOT VALID, 4000/s: the client was 93 % busy (at most 80 %).")
                .contains("p99 <= 50.0 ms and errors <= 0.100 %: kept by 500/s, 1000/s, 2000/s.")
                .contains("2,000/s is the highest rate that keeps the SLO.")
                .endsWith("NOT VALID: do not rely on 4000/s.\n");
        assertThat(text.lines()).allMatch(line -> line.length() <= 100);
        assertThat(text.lines()).noneMatch(line -> line.endsWith(" "));
    }

    @Test
    void aNarrowTerminalShowsAllOfItToo() {
        assertThat(printed(RESULT).lines()).anyMatch(line -> line.length() > 80);
        assertThat(printed(RESULT, 80).lines()).allMatch(line -> line.length() <= 80);
        assertThat(printed(RESULT, 80).lines().filter(line -> line.startsWith("4000/s")))
                .anyMatch(line -> line.matches("4000/s +NO +4,000 +4,000 .*"));
        assertThat(printed(RESULT, 1000)).isEqualTo(printed(RESULT));
    }

    @Test
    void figuresAreNeverCut() {
        String narrow = printed(RESULT, 20);

        for (StageResult stage : RESULT.stages()) {
            assertThat(narrow).contains(Figures.micros(stage.latencyMicros(99)));
        }
        assertThat(narrow.lines().filter(line -> line.startsWith("NOT VALID"))).allMatch(line -> line.length() <= 20);
    }

    @Test
    void nothingThatAServerSaysMovesTheCursor() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(printed(Samples.anything(seed)).replace("\n", ""))
                    .as("seed " + seed)
                    .doesNotContainPattern("\\p{Cntrl}");
        }
    }

    @Test
    void whereNobodyAnsweredThereIsNoLatency() {
        TestResult result = Samples.test("a", Samples.silent());

        assertThat(Tables.stages(result).rows().getFirst().subList(4, 9)).containsOnly("-");
        assertThat(HtmlReport.of(result)).contains("<svg").doesNotContain("NaN");
    }

    @Test
    void longNamesAreCutInTheirMiddle() {
        String name = "tiny,".repeat(20) + "500/s";
        StageResult stage = Samples.stage(name, RESULT.stages().getFirst().windows(), List.of());

        String table = new PlainText(100).table(Tables.stages(Samples.test("a", stage)));

        assertThat(table.lines().toList().get(2))
                .matches("tiny,\\S*\\.\\.\\S*500/s  yes .*")
                .hasSize(100);
    }

    @Test
    void whatHadNotComeToRestIsToldAndNotSteady() {
        TestResult result = Samples.test("a", Samples.unsettled(RESULT.stages().getFirst()));

        assertThat(printed(result)).contains("Doubtful, 500/s: it had not come to rest when the time for that");
        assertThat(Tables.client(result).rows().getFirst().get(2)).isEqualTo("no");
        assertThat(CsvReport.stages(result)).contains("Poisson\",,true,false,");
    }

    @Test
    void placesInFlightThatWereTakenAreTheClientsLimit() {
        StageResult stage = RESULT.stages().getFirst();

        assertThat(printed(Samples.test("a", Samples.bound(stage, 0.3))).replace("\n ", ""))
                .contains("Bound by the client, 500/s: 30.0 % of the requests waited until one of the 256 places in");
        assertThat(printed(Samples.test("a", Samples.bound(stage, 0.005)))).doesNotContain("Bound by the client");
    }

    @Test
    void markdownIsATable() {
        String text = MarkdownReport.of(RESULT);

        assertThat(text)
                .startsWith("# Load test: digits\n\n**NOT VALID: do not rely on 4000/s.**\n")
                .contains(
                        "\n| Stage | Valid | Rate/s | Offered/s | p50 | p90 | p99 | p99.9 | Max | Errors |\n|---|---|---:|")
                .contains("\n| 500/s | yes | 500 | 500 | 1.10 ms |")
                .contains("| 500/s | arm | green | 16.7 % | 20.0 % | 1,000 |")
                .contains("| 500/s | 121 us | 830 us | 3.25 | 210 us | 4: 72.3 %, 1: 24.1 %, 8: 3.61 % |")
                .contains("```yaml\ntarget: localhost:8001\n");
    }

    @Test
    void namesAreNoMarkdown() {
        StageResult stage =
                Samples.stage("a|b <i>*x*</i>\n`c`", RESULT.stages().getFirst().windows(), List.of());

        assertThat(MarkdownReport.of(Samples.test("a", stage)))
                .contains("| a\\|b &lt;i&gt;\\*x\\*&lt;/i&gt; \\`c\\` | yes |".replace("\n", " "));
    }

    @Test
    void csvHasOneRowForEachStageAndWindow() {
        List<String> stages = CsvReport.stages(RESULT).lines().toList();
        List<String> windows = CsvReport.windows(RESULT).lines().toList();

        assertThat(stages).hasSize(5);
        assertThat(windows).hasSize(81);
        int columns = stages.getFirst().split(",", -1).length;
        assertThat(stages.getLast())
                .startsWith("4000/s,\"open loop, 4000/s, Poisson\",,false,true,256,20,4000,4000,80000,36,0,0,0,");
        assertThat(stages.getLast().replaceAll("\"[^\"]*\"", "").split(",", -1)).hasSize(columns);
        assertThat(windows).allMatch(line -> line.split(",", -1).length == 16);
    }

    @Test
    void csvQuotesWhatItMust() {
        StageResult stage =
                Samples.stage("a \"b\", c\nd", RESULT.stages().getFirst().windows(), List.of());

        assertThat(CsvReport.windows(Samples.test("a", stage))).contains("\n\"a \"\"b\"\", c\nd\",0,1,500,");
    }

    @Test
    void theHdrLogIsReadByItsOwnLibrary() {
        byte[] log = HdrLog.of(RESULT).getBytes(StandardCharsets.UTF_8);

        HistogramLogReader reader = new HistogramLogReader(new ByteArrayInputStream(log));
        for (StageResult stage : RESULT.stages()) {
            Histogram all = Samples.histogram();
            for (int i = 0; i < stage.windows().size(); i++) {
                Histogram window = (Histogram) reader.nextIntervalHistogram();
                assertThat(window.getTag()).isEqualTo(stage.name());
                all.add(window);
            }
            assertThat(all).isEqualTo(stage.latency());
        }
        assertThat(reader.nextIntervalHistogram()).isNull();
        assertThat(reader.getStartTimeSec()).isEqualTo(RESULT.at().toEpochMilli() / 1e3);
    }

    private static String printed(TestResult result) {
        return printed(result, Reports.COLUMNS);
    }

    private static String printed(TestResult result, int columns) {
        StringWriter text = new StringWriter();
        Reports.print(result, new PrintWriter(text), columns);
        return text.toString();
    }
}
