package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelLoader.Order;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Shape;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.BatchPlan;
import dev.penstock.core.batching.BatchRunner;
import dev.penstock.core.batching.Batchability;
import dev.penstock.core.batching.Batchability.Batchable;
import dev.penstock.core.batching.ModelProbe;
import dev.penstock.core.batching.Native;
import dev.penstock.core.batching.ProbeLimits;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class BatchModelTest extends RuntimeTest {
    @Test
    void theRowsOfInputsAndOutputsAreFoundByRunning() {
        try (LoadedModel model = load(OnnxModels.tiny());
                BatchModel batch = Rows.batchable(model, 8, Shape.of(4))) {
            assertThat(batch.key()).isEqualTo(KEY);
            assertThat(batch.signature()).isEqualTo(model.signature());
            assertThat(batch.layout().inputRowBytes(0)).isEqualTo(16);
            assertThat(batch.layout().outputRowBytes(0)).isEqualTo(12);
            assertThat(batch.outputRowShape(0)).isEqualTo(Shape.of(3));
            assertThat(batch.batchRunner(0).maxRows()).isEqualTo(8);
        }
    }

    @Test
    void dimensionsThatTheModelLeavesOpenAreThoseOfTheGroup() {
        try (LoadedModel model = load(OnnxModels.identity(DataType.FP32, -1, -1, 2));
                BatchModel batch = Rows.batchable(model, 2, Shape.of(5, 2))) {
            assertThat(batch.outputRowShape(0)).isEqualTo(Shape.of(5, 2));
        }
    }

    @Test
    void aModelThatCannotBeBatchedSaysWhy() {
        assertRefused(OnnxModels.identity(DataType.FP32, 6, 2), "dimension 0 of input 'x' is fixed at 6", Shape.of(2));
        assertRefused(OnnxModels.scalarInput(), "input 'x' has no dimension for rows", Shape.of());
        assertRefused(
                OnnxModels.identity(DataType.BYTES, -1),
                "input 'x' is BYTES, whose rows have no fixed size",
                Shape.of());
        assertRefused(OnnxModels.words("a", "b"), "output 'y' is BYTES, whose rows have no fixed size", Shape.of());
        assertRefused(OnnxModels.pooled(), "output 'pooled' has 1 row for 3 input rows", Shape.of(2));
        assertRefused(OnnxModels.greaterThan(2), "output 'y' has 0 rows for 1 input row", Shape.of());
        assertRefused(
                OnnxModels.tiny(),
                "rows of input 'x' are [5] (expected: rows of [batch,4] that are not empty)",
                Shape.of(5));
        assertRefused(
                OnnxModels.identity(DataType.FP32, -1, -1),
                "rows of input 'x' are [0] (expected: rows of [batch,dim1] that are not empty)",
                Shape.of(0));
        assertRefused(
                OnnxModels.identity(DataType.FP32, -1, -1),
                "rows of input 'x' are [268435456], too large to run together",
                Shape.of(1 << 28));
        assertRefused(OnnxModels.add(1), "it has 2 inputs (expected: 1 for rows [1])", Shape.of(1));
    }

    @Test
    void aModelWhoseTrialFailsSaysHow() {
        try (LoadedModel model = load(OnnxModels.embedding(0))) {
            assertThat(Rows.refusal(model, Shape.of()))
                    .startsWith("a trial run failed: model 'm' failed: ")
                    .contains("idx=0 must be within the inclusive range [0,-1]");
        }
    }

    @Test
    void aModelThatTakesOnlyZerosIsTriedWithZeros() {
        try (LoadedModel model = load(OnnxModels.embedding(1))) {
            assertThat(Batchability.of(model, Rows.group(Shape.of()), 4)).isInstanceOf(Batchable.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"BYTES", "UINT16", "UINT32", "UINT64"})
    void everyTypeOfFixedSizeGoesInAndOut(DataType type) {
        byte[] rows = new byte[5 * 3 * type.byteSize()];
        new Random(7).nextBytes(rows);
        if (type == DataType.BOOL) {
            for (int i = 0; i < rows.length; i++) {
                rows[i] &= 1;
            }
        }
        try (LoadedModel model = load(OnnxModels.identity(type, -1, 3));
                BatchModel batch = Rows.batchable(model, 6, Shape.of(3))) {
            BatchRunner runner = batch.batchRunner(0);
            MemorySegment in = Native.ALL.asSlice(runner.inputAddress(0), rows.length);
            in.copyFrom(MemorySegment.ofArray(rows));

            BatchOutputs outputs = runner.run(5, 1);

            MemorySegment out = Native.ALL.asSlice(outputs.address(0), rows.length);
            assertThat(out.mismatch(MemorySegment.ofArray(rows))).isEqualTo(-1);
            outputs.release();
        }
    }

    @Test
    void anOutputTypeThatTheBindingCannotPlaceIsRefused() {
        assertRefused(
                OnnxModels.cast(DataType.FP32, DataType.UINT32),
                "output 'y' is UINT32, which ONNX Runtime's Java binding cannot place in given memory",
                Shape.of());
    }

    @Test
    void runnersOfAFastModelHaveSessionsOfTheirOwn() {
        try (LoadedModel model = load(OnnxModels.tiny(), Long.MAX_VALUE);
                BatchModel batch = Rows.batchable(model, 2, Shape.of(4));
                BatchModel other = batch.withMaxRows(4)) {
            assertThat(batch.batchRunner(0)).isNotSameAs(batch.batchRunner(1));
            assertThat(other.batchRunner(1).maxRows()).isEqualTo(4);
            assertThat(batch.computesInCaller()).isTrue();
            assertThat(handles.live()).containsEntry("session", 2L);
        }
    }

    @Test
    void runnersOfASlowOneShareOne() {
        try (LoadedModel model = load(OnnxModels.tiny(), 1);
                BatchModel batch = Rows.batchable(model, 2, Shape.of(4))) {
            assertThat(batch.batchRunner(0)).isNotSameAs(batch.batchRunner(1));
            assertThat(handles.live()).containsEntry("session", 1L);
        }
    }

    @Test
    void aModelWhoseFileIsGoneSharesItsSession() throws Exception {
        try (LoadedModel model = load(OnnxModels.tiny(), Long.MAX_VALUE);
                BatchModel batch = Rows.batchable(model, 2, Shape.of(4))) {
            Files.delete(repository.resolve("m/1/model.onnx"));

            BatchRunner runner = batch.batchRunner(1);
            runner.run(2, 1).release();

            assertThat(handles.live()).containsEntry("session", 1L);
        }
    }

    @Test
    void closingGivesBackWhatWasOpenedForIt() {
        try (LoadedModel model = load(OnnxModels.tiny(), 1)) {
            long before = handles.total();
            BatchModel batch = Rows.batchable(model, 2, Shape.of(4));
            batch.batchRunner(0).run(1, 1).release();
            batch.batchRunner(1).run(2, 1).release();
            assertThat(handles.total()).isGreaterThan(before);

            batch.close();
            batch.close();

            assertThat(handles.total()).isEqualTo(before);
            assertThatIllegalStateException()
                    .isThrownBy(() -> batch.batchRunner(0).run(1, 1));
        }
    }

    @Test
    void whatNobodyClosedIsClosedWithTheModel() {
        LoadedModel model = load(OnnxModels.tiny(), Long.MAX_VALUE);
        BatchModel batch = Rows.batchable(model, 2, Shape.of(4));
        batch.batchRunner(0).run(2, 1).release();
        BatchRunner second = batch.batchRunner(1);

        model.close();
        batch.close();

        assertThat(handles.total()).isZero();
        assertThatIllegalStateException().isThrownBy(() -> second.run(1, 1));
        assertThatIllegalStateException().isThrownBy(() -> batch.withMaxRows(3));
    }

    @Test
    void moreRowsThanFitIntoATensorAreRefusedAtOnce() {
        try (LoadedModel model = load(OnnxModels.add(1 << 20));
                BatchModel batch = Rows.batchable(model, 2, Shape.of(1 << 20), Shape.of(1 << 20))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> batch.withMaxRows(512))
                    .withMessage("maxRows of m/1: 512 (expected: 1..511)");
        }
    }

    @Test
    void aModelWithAScaleForTheWholeBatchIsNotBatched() {
        try (LoadedModel model = load(OnnxModels.dynamicallyQuantized(8));
                BatchModel batch = Rows.batchable(model, 1, Shape.of(8))) {
            // Rows that are given, not found by measuring: the finding must not depend on how fast this machine is.
            BatchPlan plan = ModelProbe.plan(batch, ProbeLimits.standard().withFixedRows(8), NanoClock.SYSTEM);

            assertThat(plan.maxRows()).isEqualTo(1);
            assertThat(plan.largestDifference()).isGreaterThan(1e-3);
            assertThat(plan.reason()).startsWith("not batched: answers depend on neighbours");
        }
    }

    private LoadedModel load(byte[] content, long ownSessionNanos) {
        OnnxLoader own = new OnnxLoader(handles, NanoClock.SYSTEM, ownSessionNanos);
        return own.load(new Order(KEY, write(content), Device.CPU, 2));
    }

    private void assertRefused(byte[] content, String reason, Shape... inputRows) {
        try (LoadedModel model = load(content)) {
            assertThat(Rows.refusal(model, inputRows)).isEqualTo(reason);
        }
    }
}
