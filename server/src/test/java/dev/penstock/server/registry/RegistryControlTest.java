package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.core.VersionHandle.Lease;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.admin.VersionState;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class RegistryControlTest {
    private static final String OTHER = Disk.PLAIN + "output z FP32 -1\n";

    @TempDir
    Path root;

    private Disk disk;

    @BeforeEach
    void makeDisk() {
        disk = new Disk(root).version("digits", 1, Disk.PLAIN);
    }

    // Each test closes it where its scenario says so.
    @SuppressWarnings("MustBeClosedChecker")
    private static Lease lease(RunningRegistry running) {
        return Objects.requireNonNull(running.table.resolve("digits", "").tryLease());
    }

    @Test
    void loadingIsRefusedUnlessExplicit() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            String refusal =
                    "NOT_READY explicit model load / unload is not allowed if polling is enabled or models are fixed at the start (expected: --model-control-mode=explicit)";

            assertThat(running.load("digits")).isEqualTo(refusal);
            assertThat(running.unload("digits")).isEqualTo(refusal);
            assertThat(running.answers("digits")).isEqualTo("digits/1");
        }
    }

    @Test
    void aLoadedModelServes() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT)) {
            assertThat(running.registry.ready()).isTrue();
            assertThat(running.answers("digits")).isEqualTo("NOT_FOUND");

            assertThat(running.load("digits")).isEmpty();

            assertThat(running.answers("digits")).isEqualTo("digits/1");
            assertThat(running.state("digits", 1)).isEqualTo(VersionState.READY);
        }
    }

    @Test
    void whatIsFoundOutWhileAVersionServesIsSeenInItsStatus() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            assertThat(running.version("digits", 1).remarks()).isEmpty();
            running.loader.model("digits", 1).remarks = List.of("rows of [3]: batches of up to 8 rows");

            assertThat(running.version("digits", 1).remarks()).containsExactly("rows of [3]: batches of up to 8 rows");
            assertThat(running.unload("digits")).isEmpty();
            assertThat(running.version("digits", 1).remarks())
                    .as("and stays known")
                    .containsExactly("rows of [3]: batches of up to 8 rows");
        }
    }

    @Test
    void aVersionThatCannotBePublishedLeavesMemory() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            disk.version("digits", 2, Disk.PLAIN);
            running.whenPublished = table -> {
                if (table.resolve("digits", "").key().version() == 2) {
                    throw new IllegalStateException("cannot be published (this is a test)");
                }
            };
            assertThat(running.load("digits")).contains("cannot be published");
            assertThat(running.answers("digits")).isEqualTo("digits/1");
            running.whenPublished = table -> {};

            assertThat(running.load("digits")).isEmpty();
            assertThat(running.answers("digits")).isEqualTo("digits/2");
            assertThat(running.loader.loaded.get(1).closings())
                    .as("of the one that never served; closed before the next load began")
                    .isOne();
        }
    }

    @Test
    void modelsThatAreNotThereCannotBeLoadedOrUnloaded() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT)) {
            for (String name : List.of("iris", "../digits", "", "digits/1")) {
                assertThat(running.load(name))
                        .isEqualTo("NOT_FOUND failed to load '" + name + "', failed to poll from model repository");
                assertThat(running.unload(name))
                        .isEqualTo("NOT_FOUND Request for unknown model: '" + name + "' is not found");
            }
        }
    }

    @Test
    void whatDidNotChangeIsNotLoadedAgain() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            assertThat(running.load("digits")).isEmpty();

            assertThat(running.loader.loadedKeys()).containsExactly("digits/1");
        }
    }

    @Test
    void aNewVersionServesBeforeTheOldOneIsRetired() throws InterruptedException {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            disk.version("digits", 2, Disk.PLAIN);
            FakeLoader.Gate gate = running.loader.gate(new ModelKey("digits", 2));
            CompletableFuture<String> load = OwnThreads.call(() -> running.load("digits"));
            gate.reached().await();

            assertThat(running.answers("digits")).isEqualTo("digits/1");
            assertThat(running.state("digits", 2)).isEqualTo(VersionState.LOADING);
            assertThat(running.registry.ready()).isTrue();

            gate.open().countDown();
            assertThat(load.join()).isEmpty();
            running.awaitState("digits", 1, VersionState.UNAVAILABLE);
            assertThat(running.answers("digits")).isEqualTo("digits/2");
            assertThat(running.answers("digits", "1")).isEqualTo("NOT_FOUND");
            assertThat(running.loader.model("digits", 1).closings()).isOne();
        }
    }

    @Test
    void aFailedLoadKeepsWhatServes() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            disk.version("digits", 2, "corrupt the file is truncated");

            assertThat(running.load("digits"))
                    .isEqualTo("MODEL_FAILED failed to load 'digits', version 2: the file is truncated");

            assertThat(running.answers("digits")).isEqualTo("digits/1");
            assertThat(running.state("digits", 2)).isEqualTo(VersionState.UNAVAILABLE);
            assertThat(running.registry.ready()).isTrue();
            assertThat(running.gone).isEmpty();
        }
    }

    @Test
    void aBrokenConfigurationKeepsWhatServes() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            disk.config("digits", "platform: 'ensemble'").version("digits", 2, Disk.PLAIN);

            assertThat(running.load("digits"))
                    .startsWith("MODEL_FAILED failed to load 'digits', config.pbtxt: ensembles are not supported");

            assertThat(running.answers("digits")).isEqualTo("digits/1");
            assertThat(running.version("digits", 1).reason()).startsWith("the last load failed: ");
            assertThat(running.model("digits").reason()).isEmpty();
        }
    }

    @Test
    void aModelWithoutVersionsCannotBeLoaded() {
        disk.folder("empty");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT)) {
            assertThat(running.load("empty"))
                    .startsWith("MODEL_FAILED failed to load 'empty', no version is available");
            assertThat(running.registry.ready()).isTrue();
        }
    }

    @Test
    void aReplacedFileIsLoadedInPlaceAndTheOldModelGoesWithItsLastLease() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            Lease lease = lease(running);
            disk.version("digits", 1, OTHER);

            assertThat(running.load("digits")).isEmpty();

            assertThat(running.loader.loaded).hasSize(2);
            assertThat(running.table.resolve("digits", "").signature().outputs())
                    .hasSize(2);
            assertThat(running.loader.loaded.getFirst().closings()).isZero();
            lease.close();
            running.registry.close();
            assertThat(running.loader.loaded.getFirst().closings()).isOne();
            assertThat(running.gone).as("told once, at the end").containsExactly(new ModelKey("digits", 1));
        }
    }

    @Test
    void aReplacedFileThatDoesNotLoadKeepsTheOldModel() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            disk.version("digits", 1, "corrupt it");

            assertThat(running.load("digits")).isEqualTo("MODEL_FAILED failed to load 'digits', version 1: it");

            assertThat(running.answers("digits")).isEqualTo("digits/1");
            assertThat(running.state("digits", 1)).isEqualTo(VersionState.READY);
            assertThat(running.version("digits", 1).reason()).isEqualTo("the last load failed: it");
        }
    }

    @Test
    void aChangedPolicyLoadsAndRetiresOnlyTheDifference() {
        disk.version("digits", 2, Disk.PLAIN).version("digits", 3, Disk.PLAIN);
        disk.config("digits", "version_policy { specific { versions: [1, 2] } }");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            disk.config("digits", "version_policy { specific { versions: [2, 3] } }");

            assertThat(running.load("digits")).isEmpty();

            running.awaitState("digits", 1, VersionState.UNAVAILABLE);
            assertThat(running.loader.loadedKeys()).containsExactly("digits/1", "digits/2", "digits/3");
            assertThat(running.answers("digits", "2")).isEqualTo("digits/2");
            assertThat(running.answers("digits", "3")).isEqualTo("digits/3");
            assertThat(Objects.requireNonNull(running.version("digits", 2).config())
                            .getVersionPolicy()
                            .getSpecific()
                            .getVersionsList())
                    .containsExactly(2L, 3L);
        }
    }

    @Test
    void unloadingWaitsForTheLastLease() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            Lease lease = lease(running);
            CompletableFuture<String> unload = OwnThreads.call(() -> running.unload("digits"));
            running.awaitState("digits", 1, VersionState.UNLOADING);

            assertThat(running.answers("digits")).isEqualTo("NOT_READY");
            assertThat(unload).isNotDone();
            assertThat(running.loader.model("digits", 1).closings()).isZero();

            lease.close();
            assertThat(unload.join()).isEmpty();
            assertThat(running.state("digits", 1)).isEqualTo(VersionState.UNAVAILABLE);
            assertThat(running.version("digits", 1).reason()).isEqualTo("unloaded");
            assertThat(running.answers("digits")).isEqualTo("NOT_FOUND");
            assertThat(running.loader.model("digits", 1).closings()).isOne();
            assertThat(running.loader.model("digits", 1).closingThread()).isEqualTo("model-loader");
            assertThat(running.gone).containsExactly(new ModelKey("digits", 1));
            assertThat(running.registry.ready()).isTrue();
        }
    }

    @Test
    void anUnloadedModelMayBeUnloadedAgainAndLoadedAgain() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            assertThat(running.unload("digits")).isEmpty();
            assertThat(running.unload("digits")).isEmpty();
            assertThat(running.load("digits")).isEmpty();

            assertThat(running.answers("digits")).isEqualTo("digits/1");
        }
    }

    @Test
    void aModelLoadedAgainWhileItDrainsServesOnWhenTheOldOneIsGone() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            Lease lease = lease(running);
            CompletableFuture<String> unload = OwnThreads.call(() -> running.unload("digits"));
            running.awaitState("digits", 1, VersionState.UNLOADING);

            assertThat(running.load("digits")).isEmpty();
            lease.close();
            assertThat(unload.join()).isEmpty();

            assertThat(running.state("digits", 1)).isEqualTo(VersionState.READY);
            assertThat(running.answers("digits")).isEqualTo("digits/1");
            assertThat(running.gone).isEmpty();
        }
    }

    @Test
    void aModelThatFailedAtTheStartCountsUntilItLoads() {
        disk.version("digits", 1, "corrupt it");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            assertThat(running.registry.ready()).isFalse();
            assertThat(running.load("digits")).isNotEmpty();
            assertThat(running.registry.ready()).isFalse();

            disk.version("digits", 1, Disk.PLAIN);

            assertThat(running.load("digits")).isEmpty();
            assertThat(running.registry.ready()).isTrue();
        }
    }

    @Test
    void aModelThatFailedAtTheStartCountsUntilItIsUnloaded() {
        disk.version("digits", 1, "corrupt it");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "digits")) {
            assertThat(running.registry.ready()).isFalse();

            assertThat(running.unload("digits")).isEmpty();

            assertThat(running.registry.ready()).isTrue();
            assertThat(running.version("digits", 1).reason()).isEqualTo("unloaded");
        }
    }

    @Test
    void tooManyWaitingCallsAreRefused() throws InterruptedException {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT)) {
            FakeLoader.Gate gate = running.loader.gate(new ModelKey("digits", 1));
            LinkedBlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
            List<CompletableFuture<Boolean>> calls = IntStream.range(0, 65)
                    .mapToObj(_ -> OwnThreads.call(() -> outcomes.add(running.load("digits"))))
                    .toList();

            assertThat(outcomes.take()).isEqualTo("OVERLOADED 64 calls wait for the model loader already");

            gate.open().countDown();
            for (int i = 0; i < 64; i++) {
                assertThat(outcomes.take()).isEmpty();
            }
            assertThat(calls).allMatch(CompletableFuture::join);
        }
    }
}
