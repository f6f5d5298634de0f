package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What becomes of routes and rollouts that are applied while others change them.
final class AppliedTest extends RolloutTests {
    private static final RouteSpec FRONT = RouteSpec.of("front", ArmSpec.of("stable", "lookup", 1));
    private static final RouteSpec BACK = RouteSpec.of("back", ArmSpec.of("stable", "lookup", 1));
    private static final String ROLLOUT = """
            {"route": "front", "candidate": "lookup@2", "metrics": [{"type": "errors"}]}""";

    private static RouteSpec on(RouteSpec route, long version) {
        return route.withStandard(ArmSpec.of("stable", "lookup", version));
    }

    private static ApplyOrder order(String rollouts, RouteSpec... routes) {
        var node = JsonMapper.shared().createObjectNode();
        var all = node.putArray("routes");
        for (RouteSpec route : routes) {
            all.add(RouteJson.write(route));
        }
        node.set("rollouts", JsonMapper.shared().readTree("[" + rollouts + "]"));
        return ApplyOrder.read(node, false);
    }

    private ApplyPlan apply(ApplyOrder order) {
        return world.rollouts.apply(order, false, "ana");
    }

    private void assertRefusedFor(String route, ApplyOrder order) {
        ServingException refused = catchThrowableOfType(ServingException.class, () -> apply(order));
        assertThat(refused).hasMessageContaining("route '" + route + "': somebody else changed it meanwhile");
        assertThat(refused.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
    }

    @Test
    void whatSomebodyWroteMeanwhileIsNotOverwritten() {
        world.put(FRONT);
        world.records.meanwhile = () -> world.put(on(FRONT, 3));

        assertRefusedFor("front", order("", on(FRONT, 2)));

        assertThat(world.spec("front")).isEqualTo(on(FRONT, 3));
    }

    @Test
    void whatIsSoAlreadyHasToBeSoStillWhenTheRestIsWritten() {
        world.put(FRONT);
        world.records.meanwhile = () -> world.put(on(FRONT, 3));

        assertRefusedFor("front", order("", FRONT, BACK));

        assertThat(world.store.routes().route("back")).isEmpty();
        assertThat(world.spec("front")).isEqualTo(on(FRONT, 3));
    }

    @Test
    void noRolloutBeginsOnARouteThatIsNotTheFilesAnyMore() {
        world.put(FRONT);
        world.records.meanwhile = () -> world.put(on(FRONT, 3));

        assertRefusedFor("front", order(ROLLOUT, FRONT));

        assertThat(world.store.routes().running()).isEmpty();
    }

    private static String rolling(String route, int version) {
        return """
                {"route": "%s", "candidate": "lookup@%d", "metrics": [{"type": "errors"}]}""".formatted(route, version);
    }

    private static RouteSpec standing(RouteSpec route) {
        return route.withStandard(new ArmSpec("stable", Target.alias("lookup", "stable")));
    }

    @Test
    void rolloutsOnRoutesWithOneAliasDoNotBeginTogether() {
        world.promoteAlias("stable", 1);
        ApplyOrder order = order(rolling("front", 2) + "," + rolling("back", 3), standing(FRONT), standing(BACK));

        ApplyPlan plan = world.rollouts.apply(order, true, "ana");

        assertThat(plan.refusals())
                .singleElement()
                .asString()
                .startsWith("rollout of route 'back': its default arm is lookup@stable, which the rollout of route "
                        + "'front' is to compare with, too");
        assertThat(apply(order).applied()).isFalse();
        assertThat(world.store.routes().running()).isEmpty();
        assertThat(world.store.routes().routes()).isEmpty();
    }

    @Test
    void aDryRunSaysThatARolloutOfTheSameAliasRuns() {
        world.promoteAlias("stable", 1);
        assertThat(apply(order(rolling("front", 2), standing(FRONT))).applied()).isTrue();

        ApplyPlan plan = world.rollouts.apply(order(rolling("back", 3), standing(BACK)), true, "ana");

        assertThat(plan.refusals()).singleElement().asString().contains("of route 'front' compares with, too");
    }

    @Test
    void aRolloutOfTheSameAliasThatSomebodyHasBegunMeanwhileIsSeen() {
        world.promoteAlias("stable", 1);
        world.put(standing(FRONT));
        world.records.meanwhile = () -> world.again("front");

        ServingException refused =
                catchThrowableOfType(ServingException.class, () -> apply(order(rolling("back", 3), standing(BACK))));

        assertThat(refused).hasMessageContaining("of route 'front' compares with, too");
        assertThat(world.store.routes().running()).containsOnlyKeys("front");
        assertThat(world.store.routes().route("back")).isEmpty();
    }

    @Test
    void whatIsSoAlreadyWritesNothing() {
        world.put(FRONT);
        long revision = world.store.routes().route("front").orElseThrow().revision();

        assertThat(apply(order("", FRONT)).refusals()).isEmpty();

        assertThat(world.store.routes().route("front").orElseThrow().revision()).isEqualTo(revision);
    }

    @Test
    void whatARolloutWasAskedForIsKnownThoughNobodyCanReadWhatBecameOfIt() {
        world.put(FRONT);
        ApplyOrder order = order(ROLLOUT, FRONT);
        String id = apply(order).rollouts().getFirst().id();
        var _ = world.rollouts.act(id, new Wish(Command.ABORT, "ana", ""));
        world.tick(2);
        RolloutRecord over = world.recorded(id);
        assertThat(over.isOver()).isTrue();
        var _ = world.records.keep(over.with("{\"past\": {\"mismatch\": \"much\"}}"), List.of());

        ApplyPlan again = apply(order);

        assertThat(again.refusals()).isEmpty();
        assertThat(again.rollouts().getFirst().isThere()).isTrue();
        assertThat(world.store.routes().rolloutsOf("front")).hasSize(1);
    }

    @Test
    void rolloutsAreLookedAfterWhileTheRecordIsReadForWhatIsApplied() throws InterruptedException {
        world.put(FRONT);
        world.tick(1);
        world.records.hangs = new CountDownLatch(1);
        Executor threads = task -> Thread.ofVirtual().start(task);
        CompletableFuture<ApplyPlan> applied =
                CompletableFuture.supplyAsync(() -> apply(order(ROLLOUT, FRONT)), threads);
        try {
            assertThat(world.records.hanging.await(120, TimeUnit.SECONDS)).isTrue();

            assertThat(CompletableFuture.runAsync(world.rollouts::tick, threads))
                    .succeedsWithin(Duration.ofMinutes(2));
        } finally {
            world.records.hangs.countDown();
        }
        assertThat(applied).succeedsWithin(Duration.ofMinutes(2));
        assertThat(world.records.read(RouteStore::running)).containsKey("front");
    }
}
