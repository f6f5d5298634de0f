package dev.penstock.router.cache;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// Everything of a request that its answer depends on, within one loaded version: names, types, shapes and bytes of its
/// inputs in their order, and the outputs it wants in theirs. Its caller, its id and its deadline are not part of it.
///
/// It is the SHA-256 of all that. No two inputs with the same are known, and nobody can make such a pair: so equal keys
/// mean equal requests, even where callers wish they did not, and a key takes 32 bytes however large the request was.
/// A faster hash would let a caller choose what others are answered.
record RequestKey(long first, long second, long third, long fourth) {
    private static final MessageDigest PROTOTYPE = digest();

    static RequestKey of(InferenceRequest request) {
        MessageDigest digest = fresh();
        // The head says how long everything is, so that no two requests are the same bytes in a row.
        digest.update(head(request));
        for (Tensor input : request.inputs()) {
            digest.update(input.data().duplicate());
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        return new RequestKey(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
    }

    private static byte[] head(InferenceRequest request) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream head = new DataOutputStream(bytes)) {
            head.writeInt(request.inputs().size());
            for (Tensor input : request.inputs()) {
                write(head, input);
            }
            List<String> outputs = request.outputs();
            head.writeInt(outputs.size());
            for (String output : outputs) {
                write(head, output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream head, Tensor input) throws IOException {
        write(head, input.name());
        write(head, input.type().name());
        head.writeInt(input.shape().rank());
        for (int i = 0; i < input.shape().rank(); i++) {
            head.writeLong(input.shape().dim(i));
        }
        head.writeLong(input.byteCount());
    }

    private static void write(DataOutputStream head, String text) throws IOException {
        head.writeInt(text.length());
        head.writeChars(text);
    }

    // Copying one is several times faster than looking the algorithm up.
    private static MessageDigest fresh() {
        try {
            return (MessageDigest) PROTOTYPE.clone();
        } catch (CloneNotSupportedException e) {
            return digest();
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Any part of a hash is one.
    @Override
    public int hashCode() {
        return (int) first;
    }
}
