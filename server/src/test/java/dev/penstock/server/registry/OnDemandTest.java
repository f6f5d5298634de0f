package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.VersionHandle.Lease;
import dev.penstock.router.waiting.OnDemandVersion;
import dev.penstock.server.admin.VersionState;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Versions that are loaded when they are asked for: who is loaded, who leaves, and who waits.
@SuppressWarnings("MustBeClosedChecker") // leases are closed by the tests that take them
final class OnDemandTest extends OnDemandTests {
    @Test
    void itIsReadyAndLoadedWhenItIsAskedFor() {
        try (RunningRegistry running = start(1, "a", "b")) {
            assertThat(loader.loadedKeys()).isEmpty();
            assertThat(running.registry.ready()).isTrue();
            assertThat(running.state("a", 1)).isEqualTo(VersionState.READY);
            assertThat(memory(running, "a").loaded()).isFalse();
            assertThat(running.version("a", 1).remarks())
                    .containsExactly("on demand: it is loaded when it is asked for");

            assertThat(wake(running, "a")).isNull();
            assertThat(loader.loadedKeys()).containsExactly("a/1");
            assertThat(memory(running, "a").loaded()).isTrue();
            assertThat(running.version("a", 1).signature()).isNotNull();
            assertThat(wakes(handle(running, "a"))).as("it is there").isFalse();
        }
        assertThat(loader.loaded).allMatch(model -> model.closings() == 1);
    }

    @Test
    void theLeastRecentlyUsedLeavesForOthersAndComesBack() {
        try (RunningRegistry running = start(2, "a", "b", "c")) {
            assertThat(wake(running, "a")).isNull();
            assertThat(wake(running, "b")).isNull();
            use(running, "a");
            assertThat(wake(running, "c")).isNull();

            assertThat(loader.model("b", 1).closings()).isOne();
            assertThat(loader.model("a", 1).closings()).isZero();
            assertThat(running.state("b", 1)).isEqualTo(VersionState.READY);
            assertThat(running.version("b", 1).signature())
                    .as("known from before")
                    .isNotNull();
            assertThat(memory(running, "b").loaded()).isFalse();
            assertThat(running.gone).as("it still serves").isEmpty();

            assertThat(wake(running, "b")).isNull();
            assertThat(loader.loadedKeys()).containsExactly("a/1", "b/1", "c/1", "b/1");
            assertThat(running.registry.memory().counts().evictions()).isEqualTo(2);
            assertThat(running.registry.memory().counts().loads()).isEqualTo(4);
        }
    }

    @Test
    void whoListensIsToldWhichModelsChanged() {
        try (RunningRegistry running = start(1, "a", "b", "c")) {
            List<String> told = new CopyOnWriteArrayList<>();
            running.registry.onModelChange(told::add);
            assertThat(wake(running, "a")).isNull();
            assertThat(told).isNotEmpty().containsOnly("a");
            assertThat(wake(running, "b")).isNull();
            assertThat(told).as("the one left for the other").containsOnly("a", "b");
        }
    }

    @Test
    void whatIsInUseStaysAndWhoNeedsItsRoomWaits() throws Exception {
        try (RunningRegistry running = start(1, "a", "b")) {
            assertThat(wake(running, "a")).isNull();
            CompletableFuture<@Nullable ServingException> other;
            try (Lease lease = Objects.requireNonNull(handle(running, "a").tryLease())) {
                other = ask(running, "b");
                // Whatever the loader thread was told before is done when this answers.
                assertThat(running.load("a")).isEmpty();
                assertThat(other).isNotDone();
                lease.model().runner(0);
            }
            assertThat(other.get(120, TimeUnit.SECONDS)).isNull();
            assertThat(loader.loadedKeys()).containsExactly("a/1", "b/1");
            assertThat(loader.model("a", 1).closings()).isOne();
        }
    }

    @Test
    void whatIsPinnedNeverLeaves() {
        Disk disk = new Disk(root).version("p", 1, Disk.PLAIN).config("p", PINNED);
        onDemand(disk, "a");
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, 1)) {
            assertThat(wake(running, "p")).isNull();

            ServingException refusal = Objects.requireNonNull(wake(running, "a"));
            assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(refusal.reason())
                    .isEqualTo("model 'a' version 1 cannot be loaded: there is no room for it now: it needs 1.0 MiB,"
                            + " and of memory.budget, 1.1 MiB, 0.1 MiB are free;"
                            + " of 1 others most is held by p/1 1.0 MiB");
            assertThat(loader.model("p", 1).closings()).isZero();
            assertThat(running.state("a", 1)).isEqualTo(VersionState.READY);
            assertThat(running.registry.memory().counts().refusals()).isOne();
        }
    }

    @Test
    void whatFailsIsTheReasonForAllAndLeftAlone() {
        Disk disk = new Disk(root).version("a", 1, "corrupt it is broken").config("a", ON_DEMAND);
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, 1)) {
            ServingException first = Objects.requireNonNull(wake(running, "a"));
            assertThat(first.code()).isEqualTo(ErrorCode.NOT_READY);
            assertThat(first.reason())
                    .startsWith("model 'a' version 1 cannot be loaded: it is broken; it is tried again in ");

            OnDemandVersion sleeping = (OnDemandVersion) handle(running, "a");
            for (int i = 0; i < 5; i++) {
                assertThat(Objects.requireNonNull(ask(sleeping).join()).reason())
                        .contains("it is broken");
            }
            assertThat(loader.orders).hasSize(1);
            assertThat(running.registry.memory().counts().failures()).isOne();
            assertThat(running.registry.memory().held()).as("nothing is held").isEmpty();
        }
    }

    @Test
    void whatSleepsLeavesAtOnceAndChangesItsMind() {
        Disk disk = onDemand(new Disk(root), "a", "b");
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, 2)) {
            assertThat(running.unload("a")).isEmpty();
            assertThat(running.answers("a")).isEqualTo("NOT_FOUND");
            assertThat(running.state("a", 1)).isEqualTo(VersionState.UNAVAILABLE);

            disk.config("b", "");
            assertThat(running.load("b")).isEmpty();
            assertThat(loader.loadedKeys()).as("always in memory now").containsExactly("b/1");
            disk.config("b", ON_DEMAND);
            assertThat(running.load("b")).isEmpty();
            running.load("b");
            assertThat(loader.model("b", 1).closings())
                    .as("and on demand again")
                    .isOne();
            assertThat(running.state("b", 1)).isEqualTo(VersionState.READY);
            assertThat(running.version("b", 1).signature()).isNotNull();
        }
    }

    @Test
    void whetherItIsPinnedCanChangeWhileItIsInMemory() {
        Disk disk = onDemand(new Disk(root), "a", "b").config("a", PINNED);
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, 1)) {
            assertThat(wake(running, "a")).isNull();
            assertThat(Objects.requireNonNull(wake(running, "b")).code()).isEqualTo(ErrorCode.OVERLOADED);

            disk.config("a", ON_DEMAND);
            assertThat(running.load("a")).isEmpty();
            assertThat(wake(running, "b")).isNull();
            assertThat(wake(running, "a")).as("unpinned when it left").isNull();
            assertThat(wake(running, "b")).as("and so it leaves again").isNull();

            disk.config("b", PINNED);
            assertThat(running.load("b")).isEmpty();
            assertThat(Objects.requireNonNull(wake(running, "a")).code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(loader.loadedKeys()).containsExactly("a/1", "b/1", "a/1", "b/1");
        }
    }

    @Test
    void whatWasNeverOpenedTakesNothingsPlace() {
        Disk disk = onDemand(new Disk(root), "a");
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, 2)) {
            disk.version("a", 2, "corrupt it is broken");
            assertThat(running.load("a")).contains("it is broken");
            assertThat(running.answers("a")).isEqualTo("a/1");
            assertThat(wake(running, "a")).isNull();

            disk.version("a", 2, Disk.PLAIN);
            assertThat(running.load("a")).isEmpty();
            assertThat(running.answers("a")).isEqualTo("a/2");
            assertThat(wakes(handle(running, "a")))
                    .as("it was opened, and sleeps")
                    .isTrue();
            assertThat(loader.loadedKeys()).containsExactly("a/1", "a/2");

            disk.config("a", ON_DEMAND + "max_batch_size: -1");
            assertThat(running.load("a")).contains("max_batch_size");
            assertThat(wake(running, "a")).isNull();
        }
    }

    @Test
    void whatNobodyWaitsForIsNotLoaded() {
        try (RunningRegistry running = start(1, "a", "b")) {
            CompletableFuture<@Nullable ServingException> told = new CompletableFuture<>();
            ((OnDemandVersion) handle(running, "a")).wake(new OnDemandVersion.Asker() {
                @Override
                public void told(@Nullable ServingException failure) {
                    told.complete(failure);
                }

                @Override
                public boolean stillWants() {
                    return false;
                }
            });
            assertThat(wake(running, "b")).isNull();
            assertThat(loader.loadedKeys()).containsExactly("b/1");
            assertThat(told).isNotDone();
        }
    }

    @Test
    void whoOnlyWantedToKnowIsForgotten() {
        Disk disk = onDemand(new Disk(root), "a", "b", "c");
        AtomicLong nanos = new AtomicLong();
        MemoryRules memory = RunningRegistry.memory(1);
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, memory, nanos::get)) {
            assertThat(wake(running, "a")).isNull();
            CompletableFuture<@Nullable ServingException> other;
            try (Lease lease = Objects.requireNonNull(handle(running, "a").tryLease())) {
                running.registry.wake("b", 1);
                other = ask(running, "c");
                assertThat(running.load("a")).isEmpty();
                assertThat(other).isNotDone();
                nanos.addAndGet(memory.maxWait().toNanos());
                lease.model().runner(0);
            }
            assertThat(other.orTimeout(120, TimeUnit.SECONDS).join()).isNull();
            assertThat(loader.loadedKeys()).containsExactly("a/1", "c/1");

            running.registry.wake("b", 1);
            running.awaitLoads("b/1", 1);
        }
    }

    @Test
    void whoNeedNotWaitIsToldBeforeAnotherIsLoaded() throws Exception {
        try (RunningRegistry running = start(1, "a", "b", "c")) {
            assertThat(wake(running, "a")).isNull();
            FakeLoader.Gate gate = loader.gate(new ModelKey("b", 1));
            CompletableFuture<@Nullable ServingException> first;
            CompletableFuture<@Nullable ServingException> second;
            try (Lease lease = Objects.requireNonNull(handle(running, "a").tryLease())) {
                first = ask(running, "b");
                second = ask(running, "c");
                assertThat(running.unload("c")).isEmpty();
                lease.model().runner(0);
            }
            gate.awaitReached();
            try {
                assertThat(second).as("while the other is loaded").isDone();
                assertThat(Objects.requireNonNull(second.join()).reason()).contains("is out of service");
            } finally {
                gate.open().countDown();
            }
            assertThat(first.get(120, TimeUnit.SECONDS)).isNull();
        }
    }

    @Test
    void whoCameWhileItWasAboutToLeaveGoesOnAtOnce() throws Exception {
        try (RunningRegistry running = start(2, "a", "b", "c")) {
            assertThat(wake(running, "a")).isNull();
            assertThat(wake(running, "b")).isNull();
            VersionHandle loaded = handle(running, "a");
            AtomicReference<@Nullable Lease> lease = new AtomicReference<>();
            AtomicReference<@Nullable VersionHandle> asleep = new AtomicReference<>();
            CompletableFuture<@Nullable ServingException> came = new CompletableFuture<>();
            running.whenPublished = next -> {
                if (asleep.get() == null && next.resolve("a", "") instanceof OnDemandVersion sleeping) {
                    asleep.set(sleeping);
                    lease.set(loaded.tryLease());
                    sleeping.wake(came::complete);
                }
            };
            FakeLoader.Gate gate = loader.gate(new ModelKey("c", 1));
            CompletableFuture<@Nullable ServingException> other = ask(running, "c");
            gate.awaitReached();
            try {
                assertThat(came).as("while the other is loaded").isDone();
                assertThat(came.join()).isNull();
                assertThat(handle(running, "a")).isSameAs(loaded);
                assertThat(ask((OnDemandVersion) Objects.requireNonNull(asleep.get())))
                        .as("who comes later by the same routes")
                        .isCompletedWithValue(null);
            } finally {
                gate.open().countDown();
            }
            assertThat(other.get(120, TimeUnit.SECONDS)).isNull();
            Objects.requireNonNull(lease.get()).close();
            assertThat(loader.model("b", 1).closings()).as("it left instead").isOne();
        }
    }

    @Test
    void whoWaitsWhenTheServerStopsIsTold() throws Exception {
        try (RunningRegistry running = start(1, "a", "b")) {
            OnDemandVersion sleeping = (OnDemandVersion) handle(running, "b");
            assertThat(wake(running, "a")).isNull();
            try (Lease lease = Objects.requireNonNull(handle(running, "a").tryLease())) {
                CompletableFuture<@Nullable ServingException> other = ask(running, "b");
                running.registry.stopServing();
                ServingException refusal = Objects.requireNonNull(other.get(120, TimeUnit.SECONDS));
                assertThat(refusal.reason()).contains("Server is stopping");
                lease.model().runner(0);
            }
            assertThat(Objects.requireNonNull(ask(sleeping).join()).reason()).contains("Server is stopping");
            assertThat(loader.loadedKeys()).containsExactly("a/1");
        }
    }
}
