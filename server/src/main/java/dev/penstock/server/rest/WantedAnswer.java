package dev.penstock.server.rest;

import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.MessageLimits;
import dev.penstock.server.wire.RequestIds;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// How the caller of a [RestCall] wants its answer: under which id, which outputs, and in which form. Reused;
/// confined to one event loop.
final class WantedAnswer {
    /// Of the id, as it goes into a header.
    private static final int MAX_HEADER_ID_BYTES = 256;

    private final RequestIds ids;
    private @Nullable String sentId;
    private byte[] id = new byte[64];
    private final byte[] headerId = new byte[MAX_HEADER_ID_BYTES];
    private int idBytes;
    private int outputCount;
    private int[] outputs = {};
    private boolean[] binaryOutputs = {};

    boolean takesGzip;
    boolean nonFiniteAsText;
    boolean inRows;

    /// @param ids for answers to requests without one
    WantedAnswer(RequestIds ids) {
        this.ids = ids;
    }

    void begin(InferHead head, InferBody request, LaneFit fit) {
        sentId = head.requestId();
        takesGzip = head.takesGzip;
        nonFiniteAsText = request.nonFiniteAsText;
        inRows = request.inRows;
        idBytes = request.id.length();
        if (id.length < idBytes) {
            id = new byte[MessageLimits.MAX_ID_BYTES];
        }
        System.arraycopy(request.id.bytes, request.id.from, id, 0, idBytes);
        outputCount = fit.outputCount;
        if (outputs.length < outputCount) {
            outputs = new int[outputCount];
            binaryOutputs = new boolean[outputCount];
        }
        for (int i = 0; i < outputCount; i++) {
            outputs[i] = fit.output(i);
            binaryOutputs[i] = fit.isBinaryOutput(i);
        }
    }

    /// The id that the request's JSON said, of which [#idBytes] count.
    byte[] id() {
        return id;
    }

    int idBytes() {
        return idBytes;
    }

    int outputs() {
        return outputCount;
    }

    int output(int place) {
        return outputs[place];
    }

    boolean isBinaryOutput(int place) {
        return binaryOutputs[place];
    }

    boolean hasBinaryOutputs() {
        for (int i = 0; i < outputCount; i++) {
            if (binaryOutputs[i]) {
                return true;
            }
        }
        return false;
    }

    /// Writes the id that the answer's head carries: what the request's JSON says, else what its head says,
    /// else a new one.
    ///
    /// @return where it ends
    int writeRequestId(byte[] out, int at) {
        if (idBytes > 0) {
            int length = HeaderText.encode(id, idBytes, headerId, false);
            System.arraycopy(headerId, 0, out, at, length);
            return at + length;
        }
        String sent = sentId;
        if (sent == null) {
            return ids.writeNew(out, at);
        }
        byte[] ascii = sent.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, out, at, ascii.length);
        return at + ascii.length;
    }

    /// The same as a text; another one asked for later is the same.
    String settleRequestId() {
        byte[] text = new byte[MAX_HEADER_ID_BYTES + RequestIds.MAX_NEW_BYTES];
        String settled = new String(text, 0, writeRequestId(text, 0), StandardCharsets.US_ASCII);
        if (idBytes == 0) {
            sentId = settled;
        }
        return settled;
    }
}
