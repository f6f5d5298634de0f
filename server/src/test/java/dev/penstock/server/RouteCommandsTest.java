package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.rest.AdminServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `penstock routes` and `penstock apply` against a running admin API.
@SuppressWarnings("NullAway.Init")
class RouteCommandsTest {
    private static final String FILE = """
            routes:
              - name: fraud
                unit: [ { header: x-user-id } ]
                default: { arm: stable, target: fraud@1 }
                candidates: [ { arm: canary, target: fraud@2, weight: 5%, maxWeight: 50% } ]
            """;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server = new AdminServer(folder.resolve("data"));
        for (int version = 1; version <= 2; version++) {
            write("fraud.onnx", "model " + version);
            assertThat(run("models", "--admin", server.url(), "register", "fraud", "--file", "fraud.onnx"))
                    .isZero();
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String... words) {
        out.reset();
        err.reset();
        Surroundings surroundings = new Surroundings(
                Map.of(), folder, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        return new Cli(surroundings, new RecordingProgram()).run(words);
    }

    private int routes(String... words) {
        List<String> all = new ArrayList<>(List.of("routes", "--admin", server.url()));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    private int apply(String... words) {
        List<String> all = new ArrayList<>(List.of("apply", "--admin", server.url()));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    private void assertDone(int code) {
        assertThat(code).as(err()).isZero();
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    @Test
    void aCanaryByHand() {
        assertDone(routes());
        assertThat(out()).startsWith("no routes");

        assertDone(routes("set", "fraud", "--default", "stable=fraud@1", "--candidate", "canary=fraud@2:1%/50%"));
        assertDone(routes("weight", "fraud", "canary", "10%"));
        assertDone(routes("list"));
        assertThat(out()).isEqualTo("""
                ROUTE  ARM     TARGET   VERSION  WEIGHT  MOST  STATE
                fraud  stable  fraud@1  1        90%     100%  ready
                       canary  fraud@2  2        10%     50%   ready
                """);

        assertDone(routes("set", "fraud", "--unit", "header=x-user-id", "--unit", "cookie=uid"));
        assertDone(routes("show", "fraud"));
        assertThat(out())
                .contains(
                        "ROUTE    fraud\n",
                        "by local (revision 3, change 3, assignment 2)",
                        "unit     {header: x-user-id}, {cookie: uid}\n",
                        "salt     fraud/v1\n",
                        "canary  fraud@2  2        10%     50%   ready\n");

        assertDone(routes("assign", "fraud", "--unit", "ann"));
        assertThat(out())
                .contains("reason   hash\n", "why      bucket ", "header   x-penstock-assignment: v=fraud/v1;b=");
        assertDone(routes("assign", "fraud", "--json", "--header", "x-user-id=ann"));
        JsonNode dealt = JsonMapper.shared().readTree(out());
        assertThat(dealt.path("bucket").isInt()).isTrue();

        assertDone(routes("set", "fraud", "--unit", "requestId"));
        assertDone(routes("assign", "fraud", "--json", "--request-id", "r-1"));
        String byId = out();
        assertDone(routes("assign", "fraud", "--json", "--unit", "r-1"));
        assertThat(out()).isEqualTo(byId);

        assertDone(routes("weight", "fraud", "canary", "0%"));
        assertDone(routes("show", "fraud", "--json"));
        assertThat(JsonMapper.shared()
                        .readTree(out())
                        .path("status")
                        .path("arms")
                        .path(1)
                        .path("buckets")
                        .asInt())
                .isZero();
        assertDone(routes("delete", "fraud"));
        assertThat(out()).isEqualTo("route fraud is gone\n");
    }

    @Test
    void whatIsWrongIsSaidWithWhatToDo() {
        assertThat(routes("set", "fraud")).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("nothing to set (expected: --default");
        assertThat(routes("set", "fraud", "--salt", "x")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("route 'fraud' is not there", "--default with a target, to make it");
        assertThat(routes("set", "fraud", "--default", "fraud@9")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("fraud@9 is not there; 'fraud' has versions [1, 2]");
        assertThat(routes("set", "fraud", "--default", "fraud@1", "--candidate", "canary"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("such as canary=fraud@8:5%");
        assertThat(routes(
                        "set", "fraud", "--default", "fraud@1", "--candidate=a=fraud@2:5", "--candidate=b=fraud@2:5%"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("'5'").contains("such as 5%");

        assertDone(routes("set", "fraud", "--default", "fraud@1", "--candidate", "canary=fraud@2:1%/2%"));
        assertThat(routes("weight", "fraud", "canari", "2%")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("has no candidate 'canari' (it has: canary;");
        assertThat(routes("weight", "fraud", "canary", "3%")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("weight: '3%'", "0% to the maxWeight of arm 'canary', 2%");
        assertThat(routes("weight", "fraud", "canary", "3")).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("SHARE: '3' (expected: a share");
        assertThat(routes("show", "frau")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("route 'frau' is not there; did you mean fraud?");
        assertThat(routes("weigth", "fraud")).isEqualTo(ExitCode.USAGE);
        assertThat(run("routes", "--admin", "http://127.0.0.1:1", "list")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("no answer from http://127.0.0.1:1", "--admin URL");
    }

    @Test
    void filesAreAppliedOnceAndDiffersIsSeenBefore() throws IOException {
        write("routes.yaml", FILE);

        assertThat(apply("-f", "routes.yaml", "--diff")).isEqualTo(1);
        assertThat(out()).startsWith("--- route fraud (not there)\n+++ route fraud (in the files)\n@@ -0,0 +1,");
        assertDone(apply("-f", "routes.yaml", "--dry-run"));
        assertThat(out()).isEqualTo("route fraud created (dry run)\n");
        assertDone(routes("list"));
        assertThat(out()).startsWith("no routes");

        assertDone(apply("-f", "routes.yaml"));
        assertThat(out()).isEqualTo("route fraud created\n");
        assertDone(apply("-f", "routes.yaml"));
        assertThat(out()).isEqualTo("route fraud unchanged\n");
        assertDone(apply("-f", "routes.yaml", "--diff"));
        assertThat(out()).isEmpty();

        write("routes.yaml", FILE.replace("weight: 5%", "weight: 7%"));
        assertThat(apply("-f", "routes.yaml", "--diff", "--color", "always")).isEqualTo(1);
        assertThat(out()).contains("\u001b[31m-  weight: 5%\u001b[0m\n\u001b[32m+  weight: 7%\u001b[0m\n");
        assertDone(apply("-f", "routes.yaml"));
        assertThat(out()).isEqualTo("route fraud changed\n");
        assertDone(routes("show", "fraud", "--json"));
        assertThat(out()).contains("\"weight\":\"7%\"");
    }

    @Test
    void whatADiffShowsIsYamlThatSaysTheSame() throws IOException {
        write("routes.yaml", FILE + """
                    overrides: [ { when: [ { header: x-canary, equals: "1" } ], arm: canary } ]
                    match: [ { caller: true, regex: 'team-.*' } ]
                """);
        assertThat(apply("-f", "routes.yaml", "--diff")).isEqualTo(1);
        String shown = out().lines()
                .filter(line -> line.startsWith("+") && !line.startsWith("+++"))
                .map(line -> line.substring(1) + "\n")
                .collect(Collectors.joining());
        assertThat(shown).contains("equals: \"1\"");
        write("again.yaml", "routes:\n  - " + shown.indent(4).strip() + "\n");

        assertDone(apply("-f", "routes.yaml"));
        assertDone(apply("-f", "again.yaml"));
        assertThat(out()).isEqualTo("route fraud unchanged\n");
    }

    @Test
    void allFilesAreReadBeforeAnythingIsChanged() throws IOException {
        Files.createDirectories(folder.resolve("deploy"));
        write("deploy/a.yaml", FILE + "---\n");
        write("deploy/b.yml", FILE.replace("weight: 5%", "weight: 5"));
        write("deploy/c.json", "{\"routes\":[{\"name\":\"other\",\"default\":\"fraud@1\",\"extra\":1}],\"route\":1}");
        write("deploy/d.yaml", "routes: [");
        write("deploy/e.yaml", "routes:\n  - name: a\n    default: fraud@1\n   salt: b\n");
        write("deploy/f.yaml", "routes: [ { name: a, default: 5 } ]\n");
        write("deploy/g.yaml", "rollouts: [ { route: a, candidate: fraud@2, alpha: 5 } ]\n");
        write("deploy/ignored.txt", "{");

        assertThat(apply("-f", "deploy", "-f", "nowhere.yaml")).isEqualTo(ExitCode.USAGE);
        assertThat(err())
                .contains(
                        ": routes[0].candidates[0].weight: '5' (expected: a share",
                        "c.json:1:60: route is unknown (expected: routes, rollouts); did you mean routes?",
                        "d.yaml:1:10: not YAML",
                        "e.yaml:4:4: not YAML: while parsing a block collection: expected <block end>, but found",
                        "f.yaml:1:22: routes[0].default: '5' (expected: a target, such as fraud@7)",
                        "g.yaml:1:45: rollouts[0].alpha: 5.0 (expected: between 0 and 1)",
                        "--help, docs/routing.md",
                        "-f nowhere.yaml: is not there");
        write("deploy/b.yml", FILE);
        assertThat(apply("-f", "deploy/a.yaml", "-f", "deploy/b.yml")).isEqualTo(ExitCode.USAGE);
        assertThat(err())
                .contains(
                        "deploy/b.yml:",
                        "routes[0]: route 'fraud' is there twice (expected: once; the other one is at deploy/a.yaml:");
        assertDone(routes("list"));
        assertThat(out()).startsWith("no routes");
    }

    @Test
    void whatSaysNothingIsNamed() throws IOException {
        write("empty.yaml", "");
        assertThat(apply("-f", "empty.yaml")).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("-f empty.yaml: neither routes nor rollouts");
    }

    @Test
    void ifTheServerRefusesOneNoneIsChanged() throws IOException {
        write("routes.yaml", FILE + """
                  - { name: second, default: fraud@9 }
                  - { name: third, default: fraud@2 }
                """);

        assertThat(apply("-f", "routes.yaml", "--diff")).isEqualTo(2);
        assertThat(err())
                .contains(
                        "routes.yaml:6:5: route second: it would be refused: route 'second': arm 'default': fraud@9 is not there");
        assertThat(apply("-f", "routes.yaml", "--dry-run")).isEqualTo(ExitCode.FAILED);
        assertThat(out()).isEqualTo("route fraud created (dry run)\nroute third created (dry run)\n");
        assertThat(apply("-f", "routes.yaml")).isEqualTo(ExitCode.FAILED);
        assertThat(err())
                .contains(
                        "route second: route 'second': arm 'default': fraud@9 is not there",
                        "nothing is changed, as not all of it can be");
        assertThat(out()).isEqualTo("route fraud not created\nroute third not created\n");
        assertDone(routes("list"));
        assertThat(out()).startsWith("no routes");
    }

    @Test
    void routesAreCheckedAsTheyWouldBeTogether() throws IOException {
        write("routes.yaml", """
                routes:
                  - { name: front, default: fraud }
                  - { name: fraud, default: fraud@1 }
                """);
        assertThat(apply("-f", "routes.yaml")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("route front: route 'front': arm 'default' stands for 'fraud' without a version");

        write("front.yaml", "routes: [ { name: front, default: fraud } ]");
        assertDone(apply("-f", "front.yaml"));
        write("routes.yaml", """
                routes:
                  - { name: fraud, default: fraud@1 }
                  - { name: front, default: fraud@2 }
                """);
        assertDone(apply("-f", "routes.yaml"));
        assertThat(out()).isEqualTo("route fraud created\nroute front changed\n");
    }
}
