package dev.penstock.server.grpc.door;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.penstock.proto.inference.InferParameter;
import dev.penstock.proto.inference.InferTensorContents;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Makes ModelInferRequests and spoils most of them: flipped bits, cut ends, fields reordered, doubled and spliced,
/// tags out of thin air, groups.
final class RequestMutations {
    private static final List<String> WORDS =
            List.of("", "x", "timeout", "FP32", "é中\uD83D\uDE00", "digits", "a name with blanks");

    private final Random random;
    private byte[] previous = new byte[0];

    RequestMutations(Random random) {
        this.random = random;
    }

    byte[] next() {
        byte[] message = request().toByteArray();
        int rounds = random.nextInt(4);
        for (int i = 0; i < rounds; i++) {
            message = mutate(message);
        }
        previous = message;
        return message;
    }

    private byte[] mutate(byte[] message) {
        return switch (random.nextInt(8)) {
            case 0 -> flipped(message);
            case 1 -> Arrays.copyOf(message, random.nextInt(message.length + 1));
            case 2 -> reordered(message);
            case 3 -> spliced(message);
            case 4 -> inserted(message, randomField());
            case 5 -> joined(message, randomField());
            case 6 -> joined(message, previous.length < 4096 ? previous : new byte[0]);
            default -> inserted(message, new byte[] {(byte) random.nextInt(256)});
        };
    }

    private byte[] flipped(byte[] message) {
        byte[] flipped = message.clone();
        for (int i = random.nextInt(3); i >= 0 && flipped.length > 0; i--) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private byte[] inserted(byte[] message, byte[] what) {
        int at = random.nextInt(message.length + 1);
        return joined(joined(Arrays.copyOf(message, at), what), Arrays.copyOfRange(message, at, message.length));
    }

    private byte[] spliced(byte[] message) {
        byte[] other = request().toByteArray();
        int keep = random.nextInt(message.length + 1);
        int from = random.nextInt(other.length + 1);
        return joined(Arrays.copyOf(message, keep), Arrays.copyOfRange(other, from, other.length));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    // Only a message whose fields can still be told apart is reordered.
    private byte[] reordered(byte[] message) {
        List<byte[]> fields = fields(message);
        Collections.shuffle(fields, random);
        if (!fields.isEmpty() && random.nextBoolean()) {
            fields.add(fields.get(random.nextInt(fields.size())));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fields.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static List<byte[]> fields(byte[] message) {
        List<byte[]> fields = new ArrayList<>();
        try {
            CodedInputStream in = CodedInputStream.newInstance(message);
            int from = 0;
            for (int tag = in.readTag(); tag != 0 && in.skipField(tag); tag = in.readTag()) {
                fields.add(Arrays.copyOfRange(message, from, in.getTotalBytesRead()));
                from = in.getTotalBytesRead();
            }
        } catch (IOException e) {
            return new ArrayList<>(List.of(message));
        }
        return fields;
    }

    private byte[] randomField() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writeRandomField(out, random.nextInt(5) == 0 ? 90 : 2);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void writeRandomField(CodedOutputStream out, int groupDepth) throws IOException {
        int field = 1 + random.nextInt(random.nextBoolean() ? 9 : 5000);
        switch (random.nextInt(7)) {
            case 0 -> out.writeInt64(field, random.nextLong() >>> random.nextInt(64));
            case 1 -> out.writeFixed64(field, random.nextLong());
            case 2 -> out.writeBytes(field, bytes(12));
            case 3, 4 -> writeGroup(out, field, random.nextInt(groupDepth + 12));
            case 5 -> out.writeFixed32(field, random.nextInt());
            default -> out.writeUInt32NoTag(random.nextInt(1 << 10));
        }
    }

    // Sometimes the end has another number, sometimes there is none.
    private void writeGroup(CodedOutputStream out, int field, int depth) throws IOException {
        out.writeTag(field, WireCursor.START_GROUP);
        if (depth > 0) {
            writeGroup(out, field + 1, depth - 1);
        } else {
            out.writeInt32(3, 7);
        }
        if (random.nextInt(400) > 0) {
            out.writeTag(random.nextInt(400) == 0 ? field + 2 : field, WireCursor.END_GROUP);
        }
    }

    private ModelInferRequest request() {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder()
                .setModelName(word())
                .setModelVersion(random.nextBoolean() ? "" : "1")
                .setId(word());
        for (int i = random.nextInt(3); i > 0; i--) {
            request.putParameters(word(), parameter());
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            request.addInputs(input());
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            request.addOutputs(
                    InferRequestedOutputTensor.newBuilder().setName(word()).putParameters(word(), parameter()));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            request.addRawInputContents(bytes(64));
        }
        return request.build();
    }

    private InferInputTensor input() {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(word()).setDatatype(word());
        for (int i = random.nextInt(5); i > 0; i--) {
            input.addShape(random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(9));
        }
        if (random.nextInt(3) == 0) {
            input.putParameters(word(), parameter());
        }
        if (random.nextBoolean()) {
            input.setContents(contents());
        }
        return input.build();
    }

    private InferTensorContents contents() {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> contents.addBoolContents(random.nextBoolean());
                case 1 -> contents.addIntContents(random.nextInt() >> random.nextInt(32));
                case 2 -> contents.addInt64Contents(random.nextLong());
                case 3 -> contents.addUintContents(random.nextInt() >>> random.nextInt(32));
                case 4 -> contents.addUint64Contents(random.nextLong());
                case 5 -> contents.addFp32Contents(random.nextFloat());
                case 6 -> contents.addFp64Contents(random.nextDouble());
                default -> contents.addBytesContents(bytes(9));
            }
        }
        return contents.build();
    }

    private InferParameter parameter() {
        InferParameter.Builder parameter = InferParameter.newBuilder();
        return switch (random.nextInt(6)) {
            case 0 -> parameter.setBoolParam(random.nextBoolean()).build();
            case 1 -> parameter.setInt64Param(random.nextLong()).build();
            case 2 -> parameter.setStringParam(word()).build();
            case 3 -> parameter.setDoubleParam(random.nextDouble()).build();
            case 4 -> parameter.setUint64Param(random.nextLong()).build();
            default -> parameter.build();
        };
    }

    private String word() {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    private ByteString bytes(int most) {
        byte[] bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }
}
