package dev.penstock.server.grpc.door;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastModel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A model that says much when asked little: FP32 `x` [N, 16] to UINT8 `y` [N, bytes], zeros, while it is offered.
final class LoudModel implements FastModel {
    private final ModelKey key;
    private final Signature signature;
    private final MemorySegment zeros;

    LoudModel(String name, int bytes) {
        key = new ModelKey(name, 1);
        zeros = Arena.ofAuto().allocate(bytes);
        signature = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 16)),
                List.of(TensorSpec.of("y", DataType.UINT8, -1, bytes)),
                1);
    }

    @Override
    public ModelKey key() {
        return key;
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public Offer offer(FastCall call) {
        call.completed(new Zeros(), 0);
        return Offer.TAKEN;
    }

    private final class Zeros implements BatchOutputs {
        @Override
        public long address(int output) {
            return zeros.address();
        }

        @Override
        public long rowBytes(int output) {
            return zeros.byteSize();
        }

        @Override
        public long startedNanos() {
            return 0;
        }

        @Override
        public long endedNanos() {
            return 0;
        }

        @Override
        public void release() {}
    }
}
