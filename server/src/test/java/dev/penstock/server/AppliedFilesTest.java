package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.server.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What files are to be applied, and all that is wrong with them.
class AppliedFilesTest {
    @TempDir
    private Path folder;

    private AppliedFiles read(String... files) {
        List<Path> names = Stream.of(files).map(Path::of).toList();
        return AppliedFiles.read(names, folder, InputStream.nullInputStream());
    }

    /// @param expected beginnings of what is wrong, in order
    private void assertProblems(String file, String text, String... expected) throws IOException {
        Files.writeString(folder.resolve(file), text);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(file))
                .satisfies(e -> {
                    assertThat(e.problems()).as(String.valueOf(e.problems())).hasSameSizeAs(expected);
                    for (int i = 0; i < expected.length; i++) {
                        assertThat(e.problems().get(i)).startsWith(file + expected[i]);
                    }
                });
    }

    @Test
    void allMistakesOfARouteAreTold() throws IOException {
        assertProblems(
                "routes.yaml",
                """
                routes:
                  - name: fraud
                    salt: "a;b"
                    default: { arm: stable, target: "fraud@" }
                    candidats: []
                    candidates:
                      - { arm: canary, target: fraud@8, weight: 5, maxWeight: 200% }
                      - { arm: other, target: fraud@9, wieght: 5%, maxWeight: 5% }
                  - default: 7
                  - fraud
                """,
                ":3:5: routes[0].salt: 'a;b'",
                ":4:29: routes[0].default.target: 'fraud@' is no target",
                ":5:5: routes[0].candidats is unknown",
                ":7:41: routes[0].candidates[0].weight: '5' (expected: a share",
                ":7:52: routes[0].candidates[0].maxWeight: '200%'",
                ":8:40: routes[0].candidates[1].wieght is unknown",
                ":9:5: routes[1].name is missing",
                ":9:5: routes[1].default: '7' (expected: a target",
                ":10:5: routes[2]: 'fraud' (expected: an object)");
    }

    @Test
    void allMistakesOfARolloutAreToldAndNoneThatFollowFromOthers() throws IOException {
        assertProblems(
                "rollouts.yaml",
                """
                rollouts:
                  - candidate: fraud
                    minRequest: 50
                    settle: soon
                    mode: perhaps
                    metrics:
                      - { type: prometeus, query: up, address: "http://x", successCondition: "result < 1" }
                    steps:
                      - { weight: 80, minDuration: 1 }
                      - { weight: 5%, minDuration: 1m, for: 2m }
                """,
                ":2:5: rollouts[0].route is missing",
                ":2:5: rollouts[0].candidate: 'fraud'",
                ":3:5: rollouts[0].minRequest is unknown",
                ":4:5: rollouts[0].settle: 'soon'",
                ":5:5: rollouts[0].mode: 'perhaps'",
                ":7:11: rollouts[0].metrics[0].type: 'prometeus'",
                ":9:11: rollouts[0].steps[0].weight: '80'",
                ":9:23: rollouts[0].steps[0].minDuration: '1'",
                ":10:9: rollouts[0].steps[1]: minDuration and for are there");
    }

    @Test
    void mistakesOfPartsAreToldWithTheOthers() throws IOException {
        assertProblems(
                "parts.yaml",
                """
                rollouts:
                  - route: a
                    candidates: [ { arm: "", version: fraud@8 } ]
                    alpha: 5
                    strategy: bandit
                    bandit: { policy: ucb1, floor: 60%, minFeedback: 0 }
                    metrics:
                      - { type: errors, rollbackRatio: 0.5, promoteAbsolute: 200% }
                      - { type: latency, quantiles: [ 0.5, 2 ] }
                      - { type: latency, quantiles: [ 0.9 ], promoteRatio: 1 }
                      - { type: prometheus, query: up, successCondition: "result ~ 1", address: "http://x" }
                      - { type: webhook, address: "ftp://x", interval: 10ms }
                      - { type: reward, min: 2, max: 1 }
                    steps:
                      - { weight: 0% }
                      - { weight: 5%, minRequests: -1 }
                """,
                ":3:21: rollouts[0].candidates[0].arm: '' (expected: the name of an arm)",
                ":4:5: rollouts[0].alpha: 5.0 (expected: between 0 and 1)",
                ":6:29: rollouts[0].bandit.floor: 60% (expected: 0% to 50%)",
                ":6:41: rollouts[0].bandit.minFeedback: 0 (expected: >= 1)",
                ":8:25: rollouts[0].metrics[0].rollbackRatio: 0.5 (expected: >= 1)",
                ":8:45: rollouts[0].metrics[0].promoteAbsolute: 2.0 (expected: 0% to below 100%)",
                ":9:44: rollouts[0].metrics[1].quantiles[1]: 2 (expected: a number between 0 and 1",
                ":10:46: rollouts[0].metrics[2].promoteRatio: 1.0 (expected: > 1)",
                ":11:40: rollouts[0].metrics[3].successCondition: 'result ~ 1'",
                ":12:26: rollouts[0].metrics[4].address: ftp://x",
                ":12:46: rollouts[0].metrics[4].interval: 0.01s (expected: >= 1s)",
                ":15:11: rollouts[0].steps[0].weight: 0% (expected: a weight, or a shadow, above 0%)",
                ":16:23: rollouts[0].steps[1].minRequests: -1 (expected: >= 0)");
    }

    @Test
    void whatEditorsPutBeforeTheFirstLineIsSkipped() throws IOException {
        String route = "{\"routes\": [{\"name\": \"%s\", \"default\": \"fraud@7\"}]}";
        Files.writeString(folder.resolve("a.json"), "\uFEFF" + route.formatted("a"));
        Files.writeString(folder.resolve("b.yaml"), "\uFEFF" + route.formatted("b"));

        assertThat(read("a.json", "b.yaml").routes()).containsOnlyKeys("a", "b");
        assertProblems("c.json", "\uFEFF{\"routs\": []}", ":1:2: routs is unknown");
    }

    @Test
    void anArmThatIsThereTwiceIsToldWhereItIsWritten() throws IOException {
        assertProblems(
                "arms.yaml",
                """
                rollouts:
                  - { route: a, candidate: fraud@8, control: canary }
                  - { route: b, candidates: [ fraud@8, fraud@8 ], strategy: experiment }
                """,
                ":2:37: rollouts[0].control: canary (expected: another name than a candidate's arm)",
                ":3:40: rollouts[1].candidates[1]: fraud-8 (expected: an arm of its own for each)");
    }

    @Test
    void howPartsGoTogetherIsToldAtTheirPlaces() throws IOException {
        assertProblems(
                "order.yaml",
                """
                rollouts:
                  - route: a
                    candidate: fraud@8
                    settle: 1m
                    metrics: [ { type: errors }, { type: latency }, { type: errors } ]
                    steps:
                      - { weight: 5% }
                      - { weight: 4% }
                      - { weight: 5%, minDuration: 20s }
                """,
                ":5:53: rollouts[0].metrics[2]: errors (expected: each of them once)",
                ":8:11: rollouts[0].steps[1].weight: 4% (expected: not less than the step before)",
                ":9:23: rollouts[0].steps[2].minDuration: 20s (expected: longer than settle, 1m)");
    }

    @Test
    void aFieldHidesNoneWithWhoseNameItsOwnBegins() throws IOException {
        assertProblems(
                "prefix.yaml",
                """
                routes:
                  - { name: a, default: fraud@7, salted: no, salt: "a;b" }
                rollouts:
                  - { route: a, candidate: fraud@8, modes: 1, mode: perhaps, metrics: [ { type: errors, required2: no, required: 5 } ] }
                """,
                ":2:34: routes[0].salted is unknown",
                ":2:46: routes[0].salt: 'a;b'",
                ":4:37: rollouts[0].modes is unknown",
                ":4:47: rollouts[0].mode: 'perhaps'",
                ":4:89: rollouts[0].metrics[0].required2 is unknown",
                ":4:104: rollouts[0].metrics[0].required: 5 (expected: true or false)");
    }

    @Test
    void aMistakeOfARouteHidesNoneOfAnotherOne() throws IOException {
        assertProblems(
                "two.yaml",
                """
                routes:
                  - { name: a, default: 7 }
                  - { name: b, default: { arm: stable, target: fraud@7 }, fallback: { arm: other, on: [ OVERLOADED ] } }
                """,
                ":2:16: routes[0].default: '7'",
                ":3:71: routes[1].fallback.arm: 'other' (expected: one of [stable])");
    }

    @Test
    void aRouteThatIsThereTwiceIsToldWithWhereTheOtherOneIs() throws IOException {
        Files.createDirectory(folder.resolve("deploy"));
        Files.writeString(folder.resolve("deploy/a.yaml"), """
                routes: [ { name: a, default: fraud@7 }, { name: b, default: 5 } ]
                rollouts:
                  - { route: a, candidate: fraud@8 }
                """);
        Files.writeString(folder.resolve("deploy/b.json"), """
                {"routes": [{"name": "b", "default": "fraud@7"},
                            {"name": "a", "default": "fraud@7"}],
                 "rollouts": [{"route": "a", "candidate": "fraud@9"}]}
                """);

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read("deploy"))
                .satisfies(
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "deploy/a.yaml:1:53: routes[1].default: '5' (expected: a target, such as fraud@7)",
                                        "deploy/b.json:1:13: routes[0]: route 'b' is there twice (expected: once; the other one is at deploy/a.yaml:1:42)",
                                        "deploy/b.json:2:13: routes[1]: route 'a' is there twice (expected: once; the other one is at deploy/a.yaml:1:11)",
                                        "deploy/b.json:3:15: rollouts[0]: route 'a' is there twice (expected: once; the other one is at deploy/a.yaml:3:5)"));
    }

    @Test
    void whatOnlyPointsElsewhereIsToldAndNotReadAsAText() throws IOException {
        assertProblems(
                "alias.yaml",
                """
                routes:
                  - { name: a, default: &stable fraud@7 }
                  - { name: b, default: *stable }
                """,
                ":3:16: routes[1].default: an alias (*) (expected: what it stands for, as aliases are not followed)");
    }

    @Test
    void jsonMayBeIndentedByTabs() throws IOException {
        assertProblems(
                "tabs.json",
                "{\n\t\"routes\": [\n\t\t{\"name\": \"a\",\n\t\t \"default\": 5}\n\t]\n}\n",
                ":4:4: routes[0].default: '5'");
        assertProblems("bad.json", "{\n\t\"routes\": [\n\t\t{\"name\" \"a\"}]}", ":3:11: not JSON: ");
    }

    @Test
    void aFolderWithoutFilesIsNamed() throws IOException {
        Files.createDirectories(folder.resolve("deploy/more.yaml"));
        Files.writeString(folder.resolve("deploy/routes.txt"), "routes: []");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read("deploy"))
                .withMessageContaining("-f deploy: has no files (expected: some that end with .yaml, .yml or .json)");
    }

    @Test
    void whatIsNoTextIsNamed() throws IOException {
        Files.write(folder.resolve("latin.yaml"), new byte[] {'#', (byte) 0xe9, '\n'});

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read("latin.yaml"))
                .withMessageContaining("-f latin.yaml: is no text in UTF-8");
    }

    @Test
    void aWrongElementHidesNoneOfItsList() throws IOException {
        assertProblems(
                "elements.yaml",
                """
                routes:
                  - name: fraud
                    default: fraud@7
                    match: [ { header: x }, { header: y, equals: z }, { haeder: x }, { header: z } ]
                    candidates:
                      - canary
                      - { arm: b, target: fraud@8, weight: 5, maxWeight: 10% }
                      - { arm: c, target: fraud@9, weight: 6, maxWeight: 10% }
                    overrides:
                      - { when: [ none ], arm: b }
                      - { when: [ { header: x, present: maybe } ], arm: c }
                rollouts:
                  - route: fraud
                    candidates: [ fraud ]
                    metrics:
                      - { type: prometeus }
                      - { type: errors, rollbackRatio: often }
                      - { typ: errors }
                      - { type: latency, quantils: [] }
                """,
                ":4:14: routes[0].match[0]: {",
                ":4:57: routes[0].match[2].haeder is unknown",
                ":4:70: routes[0].match[3]: {",
                ":6:9: routes[0].candidates[0]: 'canary' (expected: an object)",
                ":7:36: routes[0].candidates[1].weight: '5'",
                ":8:36: routes[0].candidates[2].weight: '6'",
                ":10:19: routes[0].overrides[0].when[0]: 'none'",
                ":11:32: routes[0].overrides[1].when[0].present: 'maybe'",
                ":14:19: rollouts[0].candidates[0]: 'fraud'",
                ":16:11: rollouts[0].metrics[0].type: 'prometeus'",
                ":17:25: rollouts[0].metrics[1].rollbackRatio: 'often'",
                ":18:9: rollouts[0].metrics[2].type is missing",
                ":19:26: rollouts[0].metrics[3].quantils is unknown");
    }

    @Test
    void howFieldsGoTogetherIsNotToldOfThoseThatWerePutRight() throws IOException {
        assertProblems("arms.yaml", """
                routes:
                  - name: fraud
                    default: fraud@7
                    candidates: [ { target: fraud@8 } ]
                    overrides: [ { when: [ { header: x, present: true } ], arm: canary } ]
                    fallback: { arm: canary, on: [ OVERLOADED ] }
                """, ":4:19: routes[0].candidates[0].arm is missing");
        assertProblems("settle.yaml", """
                rollouts:
                  - { route: a, candidate: fraud@8, settle: 5, steps: [ { weight: 5%, minDuration: 20s } ] }
                """, ":2:37: rollouts[0].settle: '5'");
        assertProblems("soak.yaml", """
                rollouts:
                  - { route: a, candidate: fraud@8, strategy: blueGreen, steps: [ { weight: 100, soak: 1h } ] }
                """, ":2:69: rollouts[0].steps[0].weight: '100'");
    }

    @Test
    void howFieldsGoTogetherIsToldAsLongAsNoneIsWrongItself() throws IOException {
        assertProblems(
                "together.yaml",
                """
                routes:
                  - name: fraud
                    default: { arm: stable, target: fraud@7 }
                    overrides: [ { when: [ { header: x, present: true } ], arm: canary } ]
                    fallback: { arm: other, on: [ OVERLOADED ] }
                """,
                ":4:60: routes[0].overrides[0].arm: 'canary' (expected: one of [stable])",
                ":5:17: routes[0].fallback.arm: 'other' (expected: one of [stable])");
    }

    @Test
    void directivesBelongToTheirDocument() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), """
                # all routes
                %YAML 1.2
                # of one team

                ---
                routes: [ { name: a, default: fraud@7 } ]
                ...
                %YAML 1.2
                ---
                routes: [ { name: b, default: fraud@7 } ]
                """);

        assertThat(read("a.yaml").routes()).containsOnlyKeys("a", "b");
        assertProblems("b.yaml", """
                %YAML 1.2
                ---
                routes: [ { ]
                ...
                %YAML 1.2
                ---
                routes: [
                """, ":3:13: not YAML: ", ":8:1: not YAML: ");
    }

    @Test
    void allDocumentsOfAllFilesAreRead() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), """
                # routes of one team
                ---
                routes: none
                route: []
                ---
                routes: [ { name: a, default: [ }
                ---
                - a
                --- # the last one
                rollouts: [ { route: a } ]
                """);
        Files.writeString(folder.resolve("b.yaml"), "routes: [ {} ]");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read("a.yaml", "b.yaml", "c.yaml"))
                .satisfies(e -> assertThat(e.problems())
                        .as(String.valueOf(e.problems()))
                        .satisfiesExactly(
                                one -> assertThat(one).isEqualTo("a.yaml:3:1: routes: 'none' (expected: a list)"),
                                one -> assertThat(one).startsWith("a.yaml:4:1: route is unknown"),
                                one -> assertThat(one).startsWith("a.yaml:6:33: not YAML: "),
                                one -> assertThat(one).startsWith("a.yaml:8:1: it: '[\"a\"]' (expected: an object)"),
                                one -> assertThat(one).startsWith("a.yaml:10:13: rollouts[0].candidate is missing"),
                                one -> assertThat(one)
                                        .isEqualTo("b.yaml:1:11: routes[0].name is missing (expected: a text)"),
                                one -> assertThat(one).startsWith("b.yaml:1:11: routes[0].default is missing"),
                                one -> assertThat(one).startsWith("-f c.yaml: is not there")));
    }

    @Test
    void whatIsRightIsThereWholly() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), """
                routes: [ { name: a, default: fraud@7 } ]
                ---
                routes: [ { name: b, default: fraud@7 } ]
                rollouts: [ { route: b, candidate: fraud@8 } ]
                ---
                """);
        AppliedFiles wanted = read("a.yaml");

        assertThat(wanted.routes()).containsOnlyKeys("a", "b");
        assertThat(wanted.rollouts()).singleElement().hasToString("{\"route\":\"b\",\"candidate\":\"fraud@8\"}");
    }
}
