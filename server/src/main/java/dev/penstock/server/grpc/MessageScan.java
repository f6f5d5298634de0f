package dev.penstock.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.server.wire.MessageLimits;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counts what a message would have the parser build, before it builds anything: two bytes on the wire are enough for
/// an object of a hundred. For one message.
final class MessageScan {
    private static final FieldDescriptor SHAPE =
            InferInputTensor.getDescriptor().findFieldByNumber(InferInputTensor.SHAPE_FIELD_NUMBER);

    private final CodedInputStream input;
    private final Map<FieldDescriptor, Integer> elements = new HashMap<>();
    private int unknownFields;

    private MessageScan(CodedInputStream input) {
        this.input = input;
    }

    /// @throws ServingException if a field has more elements than it may
    /// @throws IOException if the bytes are no message at all
    static void check(byte[] message, Descriptor type) throws IOException {
        new MessageScan(CodedInputStream.newInstance(message)).scan(type, true);
    }

    private void scan(Descriptor type, boolean top) throws IOException {
        int dims = 0;
        int groups = 0;
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            int wireType = WireFormat.getTagWireType(tag);
            @Nullable
            FieldDescriptor field = groups > 0 ? null : type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            if (wireType == WireFormat.WIRETYPE_START_GROUP) {
                groups++;
                countUnknown();
            } else if (wireType == WireFormat.WIRETYPE_END_GROUP) {
                groups--;
            } else if (field == SHAPE) {
                dims += dims(tag, wireType);
                refuseOver(MessageLimits.MAX_DIMS, dims, "'shape' of one input");
            } else {
                scanField(field, tag, wireType, top);
            }
        }
    }

    private void scanField(@Nullable FieldDescriptor field, int tag, int wireType, boolean top) throws IOException {
        if (field == null) {
            countUnknown();
        } else if (field.isRepeated() && (top || isMessage(field))) {
            // A tensor's own elements are not counted: they come to little more than their bytes.
            int count = elements.merge(field, 1, Integer::sum);
            refuseOver(MessageLimits.MAX_ELEMENTS, count, "'" + field.getName() + "'");
        }
        if (field != null && isMessage(field) && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            int outer = input.pushLimit(input.readRawVarint32());
            scan(field.getMessageType(), false);
            input.popLimit(outer);
        } else {
            input.skipField(tag);
        }
    }

    private int dims(int tag, int wireType) throws IOException {
        if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            input.skipField(tag);
            return 1;
        }
        int count = 0;
        int outer = input.pushLimit(input.readRawVarint32());
        while (!input.isAtEnd()) {
            input.readRawVarint64();
            count++;
        }
        input.popLimit(outer);
        return count;
    }

    private void countUnknown() {
        unknownFields++;
        refuseOver(MessageLimits.MAX_ELEMENTS, unknownFields, "unknown fields");
    }

    private static boolean isMessage(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    }

    private static void refuseOver(int limit, int count, String what) {
        if (count > limit) {
            throw MessageLimits.tooMany(what, count, limit);
        }
    }
}
