package dev.penstock.server.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.payload.PayloadFormat;
import dev.penstock.server.payload.PayloadLog;
import dev.penstock.server.payload.PayloadSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the payload log sees of requests that a version does not take.
class TappedModelTest {
    private static final ModelKey KEY = new ModelKey("digits", 3);

    @TempDir
    private Path folder;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment row = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 7f);

    @AfterEach
    void free() {
        arena.close();
    }

    /// Says the same of all requests.
    private record Version(Supplier<Offer> answer) implements FastModel {
        @Override
        public ModelKey key() {
            return KEY;
        }

        @Override
        public Signature signature() {
            return new Signature(
                    List.of(TensorSpec.of("x", DataType.FP32, -1, 1)),
                    List.of(TensorSpec.of("y", DataType.FP32, -1, 1)),
                    8);
        }

        @Override
        public Offer offer(FastCall call) {
            return answer.get();
        }
    }

    private final class Call implements FastCall {
        private final byte[] id;

        Call(String id) {
            this.id = id.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public @Nullable InlineLoop loop() {
            return null;
        }

        @Override
        public RefusalRest refusals() {
            Executor never = _ -> {};
            return new RefusalRest(never, () -> {});
        }

        @Override
        public long priority() {
            return 0;
        }

        @Override
        public @Nullable CharSequence metadata(int index) {
            return null;
        }

        @Override
        public byte[] id() {
            return id;
        }

        @Override
        public int idLength() {
            return id.length;
        }

        @Override
        public long inputAddress(int input) {
            return row.address();
        }

        @Override
        public @Nullable CharSequence header(String name) {
            return null;
        }

        @Override
        public void assigned(long place) {}

        @Override
        public long routed() {
            return 0;
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public boolean abandoned() {
            return false;
        }

        @Override
        public void copyRows(int input, int firstRow, int rowCount, long toAddress) {}

        @Override
        public void completed(BatchOutputs outputs, int firstRow) {}

        @Override
        public void failed(ErrorCode code, String message) {}
    }

    private PayloadLog log() throws Exception {
        PayloadSettings settings = new PayloadSettings(
                Optional.of(folder),
                PayloadFormat.JSON,
                1 << 20,
                Duration.ofHours(1),
                1 << 22,
                Optional.empty(),
                Map.of(),
                1,
                List.of(),
                1 << 20,
                List.of(),
                List.of());
        return new PayloadLog(settings, new byte[16], "/penstock", NanoClock.SYSTEM, () -> Instant.EPOCH);
    }

    @Test
    void whatIsRefusedForAFullQueueIsKeptAndWhatGoesElsewhereIsNot() throws Exception {
        PayloadLog log = log();
        try (log) {
            FastTap tap = Objects.requireNonNull(log.of(KEY.name()));
            assertThat(new TappedModel(new Version(() -> Offer.QUEUE_FULL), tap).offer(new Call("full")))
                    .isEqualTo(Offer.QUEUE_FULL);
            // The general path has it next, and sees it.
            assertThat(new TappedModel(new Version(() -> Offer.CLOSED), tap).offer(new Call("gone")))
                    .isEqualTo(Offer.CLOSED);
            FastModel broken = new TappedModel(
                    new Version(() -> {
                        throw new IllegalStateException("broken");
                    }),
                    tap);
            assertThatIllegalStateException().isThrownBy(() -> {
                Offer _ = broken.offer(new Call("broken"));
            });
        }
        assertThat(log.waitingBytes()).isZero();
        assertThat(log.counts().kept()).isOne();
        assertThat(log.counts().dropped()).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(Files.readAllLines(files.findFirst().orElseThrow()))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"id\":\"full\"",
                            "\"data\":[7.0]",
                            "OVERLOADED",
                            "Exceeds maximum queue size of model 'digits'");
        }
    }
}
