package dev.penstock.server.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who the arms of recorded routes stand for.
final class RecordedArmsTest {
    @Test
    void allArmsOfARouteAreFound() {
        RouteSpec route = RouteSpec.of("r", new ArmSpec("stable", Target.alias("m", "champion")))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), 0, 100)))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("copy", "m", 3), 100, 0)));

        assertThat(RecordedArms.of(RouteJson.write(route).toString()))
                .containsExactly(
                        new ArmSpec("stable", Target.alias("m", "champion")),
                        ArmSpec.of("canary", "m", 2),
                        ArmSpec.of("copy", "m", 3));
    }

    @Test
    void soAreThoseOfOneThatANewerReleaseWrote() {
        String json = """
                {"name": "r", "default": "m@1", "quota": 7,
                 "candidates": [{"arm": "canary", "target": "m@2", "ramp": {"by": "hour"}}, {"arm": "odd", "target": {"near": "m@4"}},
                                "m@9"],
                 "shadows": {"all": true}}""";

        assertThat(RecordedArms.of(json)).containsExactly(ArmSpec.of("default", "m", 1), ArmSpec.of("canary", "m", 2));
        assertThat(RecordedArms.standard(json)).contains(Target.version("m", 1));
    }

    @Test
    void whatIsNoRouteHasNone() {
        assertThat(RecordedArms.of("nonsense")).isEmpty();
        assertThat(RecordedArms.of("[]")).isEmpty();
        assertThat(RecordedArms.standard("{\"default\": {\"arm\": \"stable\"}}"))
                .isEmpty();
    }
}
