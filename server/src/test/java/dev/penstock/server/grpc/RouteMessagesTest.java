package dev.penstock.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.admin.Route;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.routing.RouteView;
import dev.penstock.server.store.RouteRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteMessagesTest {
    @Test
    void anArmThatGetsNothingSaysWhy() {
        RouteSpec spec = RouteJson.read(RouteJson.tree("""
                {"default": "m@1", "candidates": [{"arm": "canary", "target": "m@2", "weight": "5%"}],
                 "lastRollout": "m-2-1", "observed": true, "rolloutArms": ["canary"]}"""), "m");
        RouteView.ArmView tripped =
                new RouteView.ArmView("canary", "m@2", 2, 500, 500, 500, false, "20 of 20 requests failed");
        RouteView view =
                new RouteView(spec, RouteRecord.fresh("m", ""), List.of(tripped), Map.of(), List.of(), "m-2-1");

        Route route = RouteMessages.of(view);

        assertThat(route.getStatus().getArms(0).getTrip()).isEqualTo("20 of 20 requests failed");
        assertThat(route.getLastRollout()).isEqualTo("m-2-1");
        assertThat(route.getObserved()).isTrue();
        assertThat(route.getRolloutArmsList()).containsExactly("canary");
    }
}
