package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.NanoClock;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(240)
final class RegistryStartTest {
    @TempDir
    Path root;

    @TempDir
    Path elsewhere;

    private Disk disk;

    @BeforeEach
    void makeDisk() {
        disk = new Disk(root);
    }

    @Test
    void whatIsReadyServesWhileTheRestLoads() throws InterruptedException {
        disk.version("a", 1, Disk.PLAIN).version("b", 1, Disk.PLAIN).version("c", 1, Disk.PLAIN);
        FakeLoader loader = new FakeLoader();
        FakeLoader.Gate gate = loader.gate(new ModelKey("b", 1));
        try (RunningRegistry running = RunningRegistry.start(disk, loader, ModelControlMode.NONE)) {
            gate.reached().await();

            assertThat(running.answers("a")).isEqualTo("a/1");
            assertThat(running.answers("b")).isEqualTo("NOT_READY");
            assertThat(running.answers("c")).isEqualTo("NOT_READY");
            assertThat(running.state("b", 1)).isEqualTo(VersionState.LOADING);
            assertThat(running.state("c", 1)).isEqualTo(VersionState.LOADING);
            assertThat(running.registry.ready()).isFalse();
            assertThat(running.registry.initialLoad()).isNotDone();

            gate.open().countDown();
            running.awaitInitialLoad();
            assertThat(running.answers("b")).isEqualTo("b/1");
            assertThat(running.answers("c")).isEqualTo("c/1");
            assertThat(running.registry.ready()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "corrupt the file is truncated | the file is truncated",
                "crash                         | java.lang.IllegalStateException: crashed on bad/1",
                "hello                         | no model: hello",
            })
    void oneModelThatDoesNotLoadDoesNotStopTheOthers(String content, String reason) {
        disk.version("bad", 1, content).version("digits", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            assertThat(running.answers("digits")).isEqualTo("digits/1");
            assertThat(running.answers("bad")).isEqualTo("NOT_READY");
            assertThat(running.state("bad", 1)).isEqualTo(VersionState.UNAVAILABLE);
            assertThat(running.version("bad", 1).reason()).isEqualTo(reason);
            assertThat(running.registry.ready()).isFalse();
        }
    }

    @Test
    void oneVersionThatDoesNotLoadDoesNotStopTheOthers() {
        disk.version("digits", 1, Disk.PLAIN).version("digits", 2, "corrupt it").version("digits", 3, Disk.PLAIN);
        disk.config("digits", "version_policy { all { } }");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            assertThat(running.answers("digits")).isEqualTo("digits/3");
            assertThat(running.answers("digits", "1")).isEqualTo("digits/1");
            assertThat(running.answers("digits", "2")).isEqualTo("NOT_READY");
            assertThat(running.registry.ready()).isFalse();
        }
    }

    @Test
    void lenientReadinessNeedsOnlyTheAttempt() {
        disk.version("bad", 1, "corrupt it").version("digits", 1, Disk.PLAIN);
        try (RunningRegistry running =
                RunningRegistry.startLenient(disk, new FakeLoader()).awaitInitialLoad()) {
            assertThat(running.registry.ready()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "max_batch_size: many     | config.pbtxt:1:17",
                "platform: 'pytorch_libtorch' | platform 'pytorch_libtorch' is not supported",
                "platform: 'ensemble'     | ensembles are not supported",
            })
    void aConfigurationThatCannotBeFollowedIsTheReasonOfModelAndVersions(String config, String reason) {
        disk.version("digits", 1, Disk.PLAIN).config("digits", config).version("iris", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            assertThat(running.model("digits").reason()).contains(reason);
            assertThat(running.version("digits", 1).reason()).contains(reason);
            assertThat(running.answers("digits")).isEqualTo("NOT_READY");
            assertThat(running.answers("iris")).isEqualTo("iris/1");
            assertThat(running.registry.ready()).isFalse();
        }
    }

    @Test
    void aConfigurationNestedWithoutEndIsThatModelsReason() {
        disk.version("deep", 1, Disk.PLAIN)
                .config("deep", "input{".repeat(100_000))
                .version("iris", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            assertThat(running.model("deep").reason()).contains("config.pbtxt");
            assertThat(running.answers("iris")).isEqualTo("iris/1");
            assertThat(running.registry.ready()).isFalse();
        }
    }

    /// The folders of the machine are for whoever keeps the repository, not for callers.
    @Test
    void reasonsNameFoldersAsTheyLieInTheRepository() throws IOException {
        Path outside = new Disk(elsewhere).version("m", 1, Disk.PLAIN).root().resolve("m");
        String real = root.toRealPath().toString();
        disk.folder("empty").file("other/1/net.onnx", Disk.PLAIN).version("fails", 1, "corrupt " + real + "/fails/1/x");
        Files.createSymbolicLink(root.resolve("linked"), outside);
        disk.folder("partly");
        Files.createSymbolicLink(root.resolve("partly/1"), outside.resolve("1"));
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "*", "absent")) {
            assertThat(running.model("empty").reason()).contains("empty has no version folder");
            assertThat(running.version("fails", 1).reason()).isEqualTo("fails/1/x");
            assertThat(running.model("linked").reason())
                    .isEqualTo("linked is a link that leads outside the model repository");
            assertThat(running.version("partly", 1).reason()).contains("partly/1 is a link that leads outside");
            assertThat(running.load("other")).contains("no file 'model.onnx' in other/1");
            assertThat(running.registry.models())
                    .hasSize(6)
                    .allSatisfy(model -> assertThat(model.toString()).doesNotContain(real));
        }
    }

    @Test
    void aModelThatCannotBeShownStopsNeitherTheOthersNorTheEndOfTheLoad() {
        disk.version("digits", 1, Disk.PLAIN).version("iris", 1, Disk.PLAIN).version("zebra", 1, Disk.PLAIN);
        AtomicInteger tables = new AtomicInteger();
        RegistrySettings settings = new RegistrySettings(
                ModelRepository.of(List.of(root)), ModelControlMode.NONE, Set.of(), Device.CPU, 1, true);
        try (Registry registry = Registry.start(
                settings,
                new FakeLoader(),
                _ -> {
                    // The second is that of the first model found.
                    if (tables.incrementAndGet() == 2) {
                        throw new StackOverflowError("on purpose");
                    }
                },
                NoCaches.caches(),
                _ -> {},
                NanoClock.SYSTEM)) {
            registry.initialLoad().orTimeout(120, TimeUnit.SECONDS).join();

            assertThat(registry.models())
                    .flatExtracting(ModelStatus::versions)
                    .extracting(VersionStatus::state)
                    .containsOnly(VersionState.READY);
            assertThat(registry.ready()).isTrue();
        }
    }

    @Test
    void aModelThatContradictsItsConfigurationIsClosedAgain() {
        disk.version("digits", 1, Disk.PLAIN).config("digits", "input { name: 'x' dims: [-1, 63] }");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            assertThat(running.version("digits", 1).reason()).contains("dims [-1,63]", "[-1,64]");
            assertThat(running.loader.model("digits", 1).closings()).isOne();
        }
    }

    @Test
    void aModelWithoutVersionsOrFileSaysSo() {
        disk.folder("empty").file("other/1/net.onnx", Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            assertThat(running.model("empty").reason()).contains("no version is available");
            assertThat(running.answers("empty")).isEqualTo("NOT_FOUND");
            assertThat(running.version("other", 1).reason())
                    .isEqualTo("no file 'model.onnx' in other/1 (there are: [net.onnx])");
        }
    }

    @Test
    void versionsThatThePolicyDoesNotAskForAreNotLoaded() {
        disk.version("digits", 1, Disk.PLAIN).version("digits", 2, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            assertThat(running.loader.loadedKeys()).containsExactly("digits/2");
            assertThat(running.state("digits", 1)).isEqualTo(VersionState.UNAVAILABLE);
            assertThat(running.version("digits", 1).reason()).isEqualTo("not asked for");
            assertThat(running.answers("digits", "1")).isEqualTo("NOT_FOUND");
            assertThat(running.registry.ready()).isTrue();
        }
    }

    @Test
    void aVersionThatThePolicyAsksForButIsNotThereSaysSo() {
        disk.version("digits", 1, Disk.PLAIN).config("digits", "version_policy { specific { versions: [1, 7] } }");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            assertThat(running.version("digits", 7).reason())
                    .isEqualTo("version_policy asks for version 7, which is not there (there are: [1])");
            assertThat(running.answers("digits")).isEqualTo("digits/1");
            assertThat(running.registry.ready()).isFalse();
        }
    }

    @Test
    void theLoaderGetsFileDeviceAndRunners() {
        disk.file("digits/3/net.onnx", Disk.PLAIN)
                .config(
                        "digits",
                        "default_model_filename: 'net.onnx' parameters { key: 'device' value { string_value: 'cuda:1' } }");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            Path file = disk.root().resolve("digits/3/net.onnx");

            assertThat(running.loader.orders)
                    .containsExactly(new ModelLoader.Order(new ModelKey("digits", 3), file, Device.parse("cuda:1"), 2));
        }
    }

    @Test
    void theCatalogShowsSignatureConfigurationAndWarnings() {
        disk.version("digits", 1, Disk.PLAIN).folder("digits/v2").config("digits", "max_batch_size: 8\ncolour: 1");
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE)) {
            ModelStatus digits = running.model("digits");
            VersionStatus version = Objects.requireNonNull(digits.standard());

            assertThat(digits.warnings()).hasSize(2);
            assertThat(digits.warnings().get(0)).contains("folder 'v2'");
            assertThat(digits.warnings().get(1)).contains("config.pbtxt:2", "colour");
            assertThat(version.device()).isEqualTo(Device.CPU);
            assertThat(Objects.requireNonNull(version.signature()).maxBatchSize())
                    .isEqualTo(8);
            assertThat(Objects.requireNonNull(version.config()).getName()).isEqualTo("digits");
            assertThat(running.registry.models()).containsExactly(digits);
            assertThat(running.registry.model("iris")).isNull();
        }
    }

    @Test
    void inExplicitModeOnlyTheNamedModelsAreLoaded() {
        disk.version("a", 1, Disk.PLAIN).version("b", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "b")) {
            assertThat(running.loader.loadedKeys()).containsExactly("b/1");
            assertThat(running.registry.models()).extracting(ModelStatus::name).containsExactly("a", "b");
            assertThat(running.version("a", 1).reason()).isEqualTo("not asked for");
            assertThat(running.answers("a")).isEqualTo("NOT_FOUND");
            assertThat(running.registry.ready()).isTrue();
        }
    }

    @Test
    void inExplicitModeAStarLoadsAll() {
        disk.version("a", 1, Disk.PLAIN).version("b", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "*")) {
            assertThat(running.loader.loadedKeys()).containsExactly("a/1", "b/1");
        }
    }

    @Test
    void aStartUpModelThatIsNotThereKeepsTheServerFromBeingReady() {
        disk.version("a", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "a", "z")) {
            assertThat(running.model("z").reason()).contains("failed to poll from model repository");
            assertThat(running.registry.ready()).isFalse();
            assertThat(running.answers("a")).isEqualTo("a/1");

            assertThat(running.unload("z")).isEmpty();
            assertThat(running.registry.ready()).isTrue();
        }
    }

    @Test
    void listenersRunAfterEachChangeAndOneThatThrowsDisturbsNobody() throws InterruptedException {
        disk.version("a", 1, Disk.PLAIN);
        FakeLoader loader = new FakeLoader();
        FakeLoader.Gate gate = loader.gate(new ModelKey("a", 1));
        CountDownLatch ready = new CountDownLatch(1);
        try (RunningRegistry running = RunningRegistry.start(disk, loader, ModelControlMode.NONE)) {
            gate.reached().await();
            running.registry.onChange(() -> {
                throw new IllegalStateException("a listener that fails, on purpose");
            });
            running.registry.onChange(() -> {
                if (running.registry.ready() && Thread.currentThread().getName().equals("model-loader")) {
                    ready.countDown();
                }
            });
            gate.open().countDown();

            assertThat(ready.await(120, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void modelsToLoadAtTheStartMakeSenseOnlyInExplicitMode() {
        ModelRepository repository = ModelRepository.of(List.of(root));

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new RegistrySettings(repository, ModelControlMode.NONE, Set.of("a"), Device.CPU, 1, true))
                .withMessageContaining("models to load at the start: [a]");
    }
}
