package dev.penstock.server;

import static dev.penstock.server.TokenTraffic.HEADER;
import static dev.penstock.server.TokenTraffic.SETOSA;
import static dev.penstock.server.TokenTraffic.feedback;
import static dev.penstock.server.TokenTraffic.feeding;
import static dev.penstock.server.TokenTraffic.items;
import static dev.penstock.server.TokenTraffic.post;
import static dev.penstock.server.TokenTraffic.take;
import static dev.penstock.server.TokenTraffic.v2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmDeals;
import dev.penstock.router.arms.RewardRange;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.routing.Expected;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What callers say of answers whose shares changed since, over sockets.
@Timeout(400)
class ArmFeedbackServingTest {
    private static final int ANSWERS = 20;

    @TempDir
    private Path folder;

    private static RouteSpec route(int weight) {
        return RouteSpec.of("front", ArmSpec.of("a", "iris", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("b", "iris", 1), weight, 9_000)));
    }

    private static ArmDeals.Shares shares(int weight) {
        return new ArmDeals.Shares(route(weight).epoch(), Map.of("a", 10_000 - weight, "b", weight));
    }

    private static List<String> answered(RunningGateway gateway) throws Exception {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < ANSWERS; i++) {
            HttpResponse<String> answer = post(gateway, "/v2/models/front/infer", v2(SETOSA, false));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            tokens.add(answer.headers().firstValue(HEADER).orElseThrow());
        }
        return tokens;
    }

    private static double rewards(RunningGateway gateway, int weight) {
        return gateway.arms().counts("front").entrySet().stream()
                .filter(each -> each.getKey().epoch() == route(weight).epoch())
                .map(Map.Entry::getValue)
                .reduce(ArmCounts.EMPTY, ArmCounts::plus)
                .rewards()
                .sum();
    }

    @Test
    void whatIsSaidCountsUnderTheSharesThatItsTokenHas() throws Exception {
        try (RunningGateway gateway =
                feeding(GrpcTransport.NETTY_DOOR, feedback(Optional.empty()), folder.resolve("data"))) {
            gateway.routes().put(route(5_000), new Expected.Nothing(), false, "ann");
            List<String> half = answered(gateway);
            gateway.routes().put(route(9_000), new Expected.Present(), false, "ann");
            List<String> most = answered(gateway);
            gateway.arms()
                    .dealt("front", new ArmDeals("", 0, List.of(shares(5_000), shares(9_000)), new RewardRange(0, 1)));

            var _ = take(gateway, items(half, "\"reward\":0.5"));
            var _ = take(gateway, items(most, "\"reward\":1000"));

            assertThat(rewards(gateway, 5_000)).isEqualTo(ANSWERS / 2.0);
            assertThat(rewards(gateway, 9_000)).isEqualTo(ANSWERS);
        }
    }
}
