package dev.penstock.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.admin.Rollout;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.Past;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RecentFailures;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.server.rollout.RolloutJson;
import dev.penstock.server.rollout.RolloutPlan;
import dev.penstock.server.rollout.RolloutView;
import dev.penstock.server.rollout.RolloutViewJson;
import dev.penstock.server.routing.RouteJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RolloutMessagesTest {
    private static final RolloutSpec SPEC = RolloutJson.read(
                    RouteJson.tree("{\"route\": \"m\", \"candidate\": \"m@2\"}"), RolloutJson.USUAL_CONTROL)
            .spec();

    private static final RolloutState STATE = new RolloutState(
            Phase.HOLD,
            1,
            5_000,
            1_000,
            2_000,
            3_000,
            0,
            Map.of("canary", 500),
            700,
            "canary",
            Map.of("canary", "too slow"),
            Set.of("canary"),
            Set.of(),
            List.of(new Finding(8, "stable", "external", "the default arm fails")),
            Past.NONE,
            List.of(),
            Map.of(),
            RecentFailures.NONE,
            new Judgement(List.of(), List.of(), 1.5, 0.25),
            "external",
            "the default arm fails",
            List.of(),
            9);

    private static final RolloutView VIEW =
            new RolloutView("m-2-1", SPEC, "m@1", STATE, "server-a", Instant.ofEpochMilli(4_000), "the default arm");

    @Test
    void whatRestSaysIsInTheMessage() {
        Rollout rollout = RolloutMessages.of(VIEW);
        JsonNode status = RolloutViewJson.of(VIEW).path("status");

        assertThat(rollout.getOwner())
                .isEqualTo(status.path("owner").asString())
                .isEqualTo("server-a");
        assertThat(rollout.getStepBegan().getSeconds()).isEqualTo(2);
        assertThat(rollout.getSince().getSeconds()).isEqualTo(3);
        assertThat(rollout.getChanged().getSeconds()).isEqualTo(4);
        assertThat(rollout.getShadow()).isEqualTo(status.path("shadow").asInt()).isEqualTo(700);
        assertThat(rollout.getPromoted()).isEqualTo("canary");
        assertThat(rollout.getLatched()).isTrue();
        assertThat(rollout.getSrmLogE()).isEqualTo(1.5);
        assertThat(rollout.getSrmThreshold())
                .isEqualTo(status.path("srm").path("threshold").asDouble())
                .isPositive();
        assertThat(rollout.getExternalFailures()).isEqualTo(0.25);
        assertThat(rollout.getLastEvent())
                .isEqualTo(status.path("lastEvent").asLong())
                .isEqualTo(9);
        assertThat(rollout.getToConfirm(0).getSeq())
                .isEqualTo(status.path("toConfirm").path(0).path("seq").asLong())
                .isEqualTo(8);
        assertThat(rollout.getToConfirm(0).getReason()).isEqualTo("external");
        assertThat(rollout.getArms(0).getVersion()).isEqualTo("m@1");
        assertThat(rollout.getArms(1).getDropped()).isTrue();
        assertThat(rollout.getArms(1).getWhy()).isEqualTo("too slow");
    }

    @Test
    void aPlanSaysWhatItWouldChangeOrWhyItWouldNotBegin() {
        Rollout refused = RolloutMessages.of(new RolloutPlan(VIEW, "", "another one runs"));
        assertThat(refused.getRefused()).isEqualTo("another one runs");
        assertThat(refused.getChanges()).isEmpty();
        Rollout planned = RolloutMessages.of(new RolloutPlan(VIEW, "arm canary at 0%", ""));
        assertThat(planned.getRefused()).isEmpty();
        assertThat(planned.getChanges()).isEqualTo("arm canary at 0%");
    }
}
