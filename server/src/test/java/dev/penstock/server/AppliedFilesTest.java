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
        String at = folder.resolve(file).toString();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read(file))
                .satisfies(e -> {
                    assertThat(e.problems()).as(String.valueOf(e.problems())).hasSameSizeAs(expected);
                    for (int i = 0; i < expected.length; i++) {
                        assertThat(e.problems().get(i)).startsWith(at + expected[i]);
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
                ": routes[0].candidats is unknown",
                ": routes[0].default.target: 'fraud@' is no target",
                ": routes[0].candidates[0].maxWeight: '200%'",
                ": routes[0].candidates[0].weight: '5' (expected: a share",
                ": routes[0].candidates[1].wieght is unknown",
                ": routes[0].salt: 'a;b'",
                ": routes[1].name is missing",
                ": routes[1].default: '7' (expected: a target",
                ": routes[2]: 'fraud' (expected: an object)");
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
                ": rollouts[0].minRequest is unknown",
                ": rollouts[0].route is missing",
                ": rollouts[0].candidate: 'fraud'",
                ": rollouts[0].steps[0].minDuration: '1'",
                ": rollouts[0].steps[0].weight: '80'",
                ": rollouts[0].metrics[0].type: 'prometeus'",
                ": rollouts[0].mode: 'perhaps'",
                ": rollouts[0].settle: 'soon'",
                ": rollouts[0].steps[1]: minDuration and for are there");
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
                ": routes[0].match[0]: {",
                ": routes[0].match[2].haeder is unknown",
                ": routes[0].match[3]: {",
                ": routes[0].candidates[0]: 'canary' (expected: an object)",
                ": routes[0].candidates[1].weight: '5'",
                ": routes[0].candidates[2].weight: '6'",
                ": routes[0].overrides[0].when[0]: 'none'",
                ": routes[0].overrides[1].when[0].present: 'maybe'",
                ": rollouts[0].candidates[0]: 'fraud'",
                ": rollouts[0].metrics[0].type: 'prometeus'",
                ": rollouts[0].metrics[1].rollbackRatio: 'often'",
                ": rollouts[0].metrics[2].type is missing",
                ": rollouts[0].metrics[3].quantils is unknown");
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
                """, ": routes[0].candidates[0].arm is missing");
        assertProblems("settle.yaml", """
                rollouts:
                  - { route: a, candidate: fraud@8, settle: 5, steps: [ { weight: 5%, minDuration: 20s } ] }
                """, ": rollouts[0].settle: '5'");
        assertProblems("soak.yaml", """
                rollouts:
                  - { route: a, candidate: fraud@8, strategy: blueGreen, steps: [ { weight: 100, soak: 1h } ] }
                """, ": rollouts[0].steps[0].weight: '100'");
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
                ": routes[0].overrides.arm: 'canary' (expected: one of [stable])",
                ": routes[0].fallback.arm: 'other' (expected: one of [stable])");
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
                """, ":3: not YAML: ", ":8: not YAML: ");
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
        String a = folder.resolve("a.yaml").toString();

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> read("a.yaml", "b.yaml", "c.yaml"))
                .satisfies(e -> assertThat(e.problems())
                        .as(String.valueOf(e.problems()))
                        .satisfiesExactly(
                                one -> assertThat(one).isEqualTo(a + ", document 1: routes: 'none' (expected: a list)"),
                                one -> assertThat(one).startsWith(a + ", document 1: route is unknown"),
                                one -> assertThat(one).startsWith(a + ":6: not YAML: "),
                                one -> assertThat(one).startsWith(a + ", document 3: it: 'a' (expected: an object)"),
                                one -> assertThat(one).startsWith(a + ", document 4: rollouts[0].candidate: missing"),
                                one -> assertThat(one).endsWith("b.yaml: routes[0].name is missing (expected: a text)"),
                                one -> assertThat(one).contains("b.yaml: routes[0].default is missing"),
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
