package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.RouteJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What becomes of others while the versions of a rollout that begins are fetched and loaded.
final class LoadingRolloutsTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);
    private static final String NEXT = """
            {"route": "next", "candidate": "lookup@3", "metrics": [{"type": "errors"}]}""";

    @TempDir
    private Path folder;

    private final CountDownLatch loaded = new CountDownLatch(1);
    private RolloutWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new RolloutWorld(folder);
        world.unload(3);
    }

    @AfterEach
    void close() {
        loaded.countDown();
        world.close();
    }

    private static RouteSpec next(Target standard) {
        return RouteSpec.of("next", new ArmSpec("stable", standard));
    }

    private RolloutView start(String rollout) {
        return world.rollouts.start(
                RolloutJson.read(JsonMapper.shared().readTree(rollout), RolloutJson.USUAL_CONTROL), "ana");
    }

    /// Until it waits for a version.
    private <T> CompletableFuture<T> loading(Supplier<T> beginning) throws InterruptedException {
        world.admin.holdLoading(loaded);
        CompletableFuture<T> begun = CompletableFuture.supplyAsync(beginning, THREADS);
        world.admin.awaitLoading(1);
        return begun;
    }

    private void assertOthersGoOn(String id) {
        assertThat(CompletableFuture.runAsync(() -> world.tick(3), THREADS)).succeedsWithin(SOON);
        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
    }

    @Test
    void othersAreJudgedMeanwhile() throws InterruptedException {
        String id = world.analysed("lookup");
        world.put(next(Target.version("lookup", 1)));
        world.serve("lookup", 100, 40);
        CompletableFuture<RolloutView> begun = loading(() -> start(NEXT));

        assertOthersGoOn(id);

        assertThat(begun).isNotDone();
        loaded.countDown();
        assertThat(begun).succeedsWithin(SOON);
        assertThat(world.rollouts.status())
                .extracting(view -> view.spec().route())
                .containsExactly("next");
    }

    @Test
    void peopleAreHeardMeanwhile() throws InterruptedException {
        String id = world.analysed("lookup");
        world.put(next(Target.version("lookup", 1)));
        CompletableFuture<RolloutView> begun = loading(() -> start(NEXT));

        assertThat(CompletableFuture.supplyAsync(
                        () -> world.rollouts.act(id, new Wish(Command.PAUSE, "bob", "")), THREADS))
                .succeedsWithin(SOON)
                .satisfies(view -> assertThat(view.state().phase()).isEqualTo(Phase.PAUSED));

        assertThat(begun).isNotDone();
    }

    @Test
    void othersAreJudgedWhileWhatIsAppliedIsLoaded() throws InterruptedException {
        String id = world.analysed("lookup");
        world.serve("lookup", 100, 40);
        var order = JsonMapper.shared().createObjectNode();
        order.putArray("routes").add(RouteJson.write(next(Target.version("lookup", 1))));
        order.putArray("rollouts").add(JsonMapper.shared().readTree(NEXT));
        CompletableFuture<ApplyPlan> applied =
                loading(() -> world.rollouts.apply(ApplyOrder.read(order, false), false, "ana"));

        assertOthersGoOn(id);

        loaded.countDown();
        assertThat(applied).succeedsWithin(SOON);
        assertThat(world.store.routes().running()).containsOnlyKeys("next");
    }

    @Test
    void whatRefusesItMeanwhileIsSeen() throws InterruptedException {
        world.promoteAlias("stable", 1);
        world.put(next(Target.alias("lookup", "stable")));
        CompletableFuture<RolloutView> begun = loading(() -> start(NEXT));
        CompletableFuture<String> first =
                CompletableFuture.supplyAsync(() -> world.start("lookup", Target.alias("lookup", "stable")), THREADS);
        assertThat(first).succeedsWithin(SOON);

        loaded.countDown();

        assertThat(begun)
                .failsWithin(SOON)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS))
                .withMessageContaining("which rollout '" + first.join() + "' of route 'lookup' compares with, too");
        assertThat(world.store.routes().running()).containsOnlyKeys("lookup");
    }
}
