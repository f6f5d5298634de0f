package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/// Requests for [FlopsModel] and checks of its answers.
final class Requests {
    private Requests() {}

    static ModelInferRequest of(String model, int rows, int columns, String id, Random random) {
        ByteBuffer raw = ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows * columns; i++) {
            raw.putFloat(random.nextInt(100));
        }
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .setId(id)
                .addInputs(InferInputTensor.newBuilder()
                        .setName("x")
                        .setDatatype("FP32")
                        .addShape(rows)
                        .addShape(columns))
                .addRawInputContents(ByteString.copyFrom(raw.flip()))
                .build();
    }

    static ModelInferRequest tiny(String id, Random random) {
        return of("tiny", 1, 16, id, random);
    }

    /// Holds an answer against the request it was given to.
    static void check(ModelInferRequest request, ModelInferResponse response) {
        long rows = request.getInputs(0).getShape(0);
        assertThat(response.getModelName()).isEqualTo(request.getModelName());
        assertThat(response.getModelVersion()).isEqualTo("1");
        assertThat(response.getId()).isEqualTo(request.getId());
        assertThat(response.getOutputsCount()).isEqualTo(2);
        assertThat(response.getOutputs(0).getName()).isEqualTo("y");
        assertThat(response.getOutputs(0).getDatatype()).isEqualTo("FP32");
        assertThat(response.getOutputs(0).getShapeList()).isEqualTo(List.of(rows, 4L));
        assertThat(response.getOutputs(1).getName()).isEqualTo("n");
        assertThat(response.getOutputs(1).getShapeList()).isEqualTo(List.of(rows));
        assertThat(response.getRawOutputContents(0)).isEqualTo(sums(request));
        assertThat(response.getRawOutputContents(1).size()).isEqualTo((int) rows * Long.BYTES);
    }

    static ByteString sums(ModelInferRequest request) {
        int rows = (int) request.getInputs(0).getShape(0);
        int columns = (int) request.getInputs(0).getShape(1);
        ByteBuffer x = request.getRawInputContents(0).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer y = ByteBuffer.allocate(rows * 4 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
                int at = (row * 4 + i % 4) * Float.BYTES;
                y.putFloat(at, y.getFloat(at) + x.getFloat((row * columns + i) * Float.BYTES));
            }
        }
        return ByteString.copyFrom(y);
    }

    /// With gRPC's prefix.
    static byte[] framed(ModelInferRequest request) {
        byte[] message = request.toByteArray();
        return ByteBuffer.allocate(message.length + 5)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }
}
