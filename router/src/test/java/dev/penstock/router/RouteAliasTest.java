package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteAliasTest {
    /// Aliases as `name version previous`.
    @ParameterizedTest
    @CsvSource({
        // ready, aliases, who is asked, what version, who answers
        "1 2 3,,                          m,        '', 3",
        "1 2 3, stable 2 0,               m,        '', 2",
        "1 2 3, stable 2 0,               m@stable, '', 2",
        "1 2 3, stable 2 1; canary 3 2,   m@canary, '', 3",
        "1 2 3, stable 2 1; canary 3 2,   m,        3,  3",
        "1 2 3, canary 1 0,               m,        '', 3",
        "1 3,   stable 2 1,               m,        '', 1",
        "1 3,   stable 2 1,               m@stable, '', 1",
        "1 3,   stable 2 0,               m,        '', NOT_READY",
        "1 3,   stable 2 0,               m@stable, '', NOT_READY",
        "3,     stable 2 1,               m@stable, '', NOT_READY",
        "3,     stable 2 1,               m,        2,  NOT_READY",
        "3,     stable 3 0,               m@canary, '', NOT_FOUND",
        "3,     stable 3 0,               n@stable, '', NOT_FOUND",
        "3,     stable 3 0,               m@stable, 3,  INVALID_ARGUMENT",
        "3,     stable 3 0,               m@3,      '', NOT_FOUND",
        "3,     stable 3 0,               m@,       '', NOT_FOUND"
    })
    void aliasesLeadToTheirVersionOrTheOneBefore(
            String ready, String aliases, String model, String version, String expected) {
        RouteTable table = RouteTable.of(List.of(new ModelRoute("m", handles(ready), Set.of(2L), targets(aliases))));

        assertThat(answer(table, model, version)).isEqualTo(expected);
    }

    @Test
    void anEditOfOneModelLeavesNothingBehindAndOthersAlone() {
        RouteTable before = RouteTable.of(List.of(route("m", "stable 1 0; canary 2 0"), route("n", "stable 1 0")));
        RouteTable after = before.with(route("m", "canary 1 0"));

        assertThat(answer(after, "m@canary", "")).isEqualTo("1");
        assertThat(answer(after, "m@stable", "")).isEqualTo("NOT_FOUND");
        assertThat(answer(after, "n@stable", "")).isEqualTo("1");
        assertThat(answer(before, "m@canary", "")).isEqualTo("2");
        assertThat(answer(before, "m@stable", "")).isEqualTo("1");
        RouteTable without = after.without("m").without("x");
        assertThat(answer(without, "m", "")).isEqualTo("NOT_FOUND");
        assertThat(answer(without, "m@canary", "")).isEqualTo("NOT_FOUND");
        assertThat(answer(without, "n", "")).isEqualTo("1");
        assertThatIllegalStateException()
                .isThrownBy(() -> RouteTable.of(List.of(route("m", "a 1 0"), route("m", "a 1 0"))));
    }

    private static ModelRoute route(String model, String aliases) {
        return new ModelRoute(model, handles("1 2"), Set.of(), targets(aliases));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "-a", "a b", "a@b", "a/b", "é"})
    void noAliasLooksLikeAVersionOrAPath(String name) {
        assertThat(AliasName.isValid(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stable", "canary-2", "A", "v1.2_x"})
    void butOtherwiseAsPeopleLike(String name) {
        assertThat(AliasName.isValid(name)).isTrue();
    }

    private static String answer(RouteTable table, String model, String version) {
        try {
            return Long.toString(table.resolve(model, version).key().version());
        } catch (ServingException e) {
            return e.code().name();
        }
    }

    private static List<VersionHandle> handles(String numbers) {
        return Arrays.stream(numbers.split(" "))
                .<VersionHandle>map(number -> new FakeVersion(Long.parseLong(number)))
                .toList();
    }

    private static Map<String, AliasTarget> targets(String aliases) {
        return Stream.ofNullable(aliases)
                .flatMap(all -> Arrays.stream(all.split("; ")))
                .map(alias -> alias.split(" "))
                .collect(Collectors.toMap(
                        alias -> alias[0],
                        alias -> new AliasTarget(Long.parseLong(alias[1]), Long.parseLong(alias[2])),
                        (first, second) -> second,
                        HashMap::new));
    }
}
