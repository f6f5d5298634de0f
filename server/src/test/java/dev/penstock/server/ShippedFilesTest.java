package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.penstock.server.MetricTables.Family;
import dev.penstock.server.ShippedQueries.Query;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What `deploy/` has for others' programs, as those programs see it. That a gateway shows what is asked for
/// is held against a running one by [PrometheusServingTest]; what is documented, by [MetricsDocumentTest].
@Timeout(400)
class ShippedFilesTest {
    @TempDir
    private Path folder;

    @Test
    void everyNameAndLabelThatIsAskedForIsDocumented() throws Exception {
        Map<String, Family> documented = MetricTables.of(MetricTables.document());

        assertThat(ShippedQueries.mistakes(ShippedQueries.ofRules(), ShippedQueries.ofDashboards(), documented))
                .isEmpty();
    }

    @Test
    void whatDoesNotExistWouldBeFound() {
        Map<String, Family> families = Map.of("penstock_rows_total", new Family("counter", Set.of("model")));
        List<Query> rules = List.of(new Query("a", "penstock:rows", "sum by (model) (penstock_rows_total)"));
        List<Query> others = List.of(
                new Query("b", "", "penstock_rows"),
                new Query("c", "", "penstock_rows_total{arm=\"penstock_x\"}"),
                new Query("d", "", "sum by (version) (penstock:rows)"));

        assertThat(ShippedQueries.mistakes(rules, others, families))
                .containsExactly(
                        "b: nothing is called penstock_rows",
                        "c: penstock_rows_total has no label arm",
                        "d: nothing in it has a label version");
    }

    @Test
    void prometheusTakesTheRulesAndTheyDoWhatTheirTestsSay() throws Exception {
        assumeTrue(Tools.isInstalled("promtool"), Tools.PROMETHEUS_NEEDED);

        assertSucceeds("promtool", List.of("check", "config"), "prometheus", "prometheus.yml");
        assertSucceeds("promtool", List.of("check", "rules"), "prometheus/rules", ".yml");
        assertSucceeds("promtool", List.of("test", "rules"), "prometheus/tests", ".yml");
    }

    @Test
    void alertmanagerTakesItsConfiguration() throws Exception {
        assumeTrue(Tools.isInstalled("amtool"), Tools.ALERTMANAGER_NEEDED);

        assertSucceeds("amtool", List.of("check-config"), "alertmanager", ".yml");
    }

    private void assertSucceeds(String program, List<String> words, String place, String suffix) throws Exception {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(words);
        List<Path> files = ShippedQueries.files(place, suffix);
        assertThat(files).isNotEmpty();
        files.forEach(file -> command.add(file.toString()));
        Path nothing = Files.writeString(folder.resolve("nothing"), "");

        Tools.Result result = Tools.run(folder.resolve("said"), nothing, command.toArray(new String[0]));

        assertThat(result.code()).as(result.said()).isZero();
    }

    @Test
    void everyAlertHasATestInWhichItIsRaised() throws IOException {
        Set<String> raised = new TreeSet<>();
        Set<String> calm = new TreeSet<>();
        for (Path file : ShippedQueries.files("prometheus/tests", ".yml")) {
            for (JsonNode test : ShippedQueries.yaml(file).path("tests")) {
                for (JsonNode one : test.path("alert_rule_test")) {
                    (one.path("exp_alerts").isEmpty() ? calm : raised)
                            .add(one.path("alertname").asString(""));
                }
            }
        }
        Set<String> alerts = new TreeSet<>();
        for (Query rule : ShippedQueries.ofRules()) {
            if (rule.record().isEmpty()) {
                alerts.add(rule.from());
            }
        }

        assertThat(raised).isEqualTo(alerts);
        assertThat(alerts).containsAll(calm);
    }

    @Test
    void dashboardsAreWhole() throws IOException {
        List<Path> boards = ShippedQueries.files("grafana", ".json");
        assertThat(boards).hasSizeGreaterThanOrEqualTo(3);
        Set<String> uids = new HashSet<>();
        for (Path file : boards) {
            JsonNode board = ShippedQueries.json(file);
            assertThat(uids.add(board.path("uid").asString("")))
                    .as(file.toString())
                    .isTrue();
            Set<String> variables = new TreeSet<>(Set.of("__rate_interval", "__all"));
            board.path("templating")
                    .path("list")
                    .forEach(one -> variables.add(one.path("name").asString("")));
            assertThat(variables).contains("datasource");
            Set<Integer> ids = new HashSet<>();
            for (JsonNode panel : board.path("panels")) {
                String title = file.getFileName() + ", " + panel.path("title").asString("");
                assertThat(ids.add(panel.path("id").intValue())).as(title).isTrue();
                assertThat(panel.path("type").asString("").equals("row")
                                || panel.path("targets").size() > 0)
                        .as(title)
                        .isTrue();
                used(panel.toString())
                        .forEach(name -> assertThat(variables).as(title).contains(name));
            }
        }
    }

    /// The largest of an hour and of a day together is neither.
    @Test
    void dashboardsShowOneWindowAtATime() throws Exception {
        Map<String, Family> documented = MetricTables.of(MetricTables.document());
        for (Query query : ShippedQueries.ofDashboards()) {
            for (String series : ShippedQueries.series(query.expression())) {
                Family family = documented.get(series);
                if (family != null && family.labels().contains("window")) {
                    assertThat(query.expression()).as(query.from()).contains("window=");
                }
            }
        }
    }

    private static Stream<String> used(String text) {
        return Pattern.compile("\\$\\{?(\\w+)}?").matcher(text).results().map(one -> one.group(1));
    }
}
