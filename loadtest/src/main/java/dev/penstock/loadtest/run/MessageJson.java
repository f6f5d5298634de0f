package dev.penstock.loadtest.run;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A protobuf message as JSON, as protobuf itself maps it but with the fields' own names. Fields that are not
/// set are left out.
final class MessageJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private MessageJson() {}

    static ObjectNode of(Message message) {
        ObjectNode json = NODES.objectNode();
        message.getAllFields().forEach((field, value) -> json.set(field.getName(), field(field, value)));
        return json;
    }

    private static JsonNode field(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            return map((List<?>) value);
        }
        if (!field.isRepeated()) {
            return one(value);
        }
        ArrayNode list = NODES.arrayNode();
        ((List<?>) value).forEach(element -> list.add(one(element)));
        return list;
    }

    private static ObjectNode map(List<?> entries) {
        ObjectNode json = NODES.objectNode();
        for (Object entry : entries) {
            Message message = (Message) entry;
            FieldDescriptor key = message.getDescriptorForType().findFieldByNumber(1);
            FieldDescriptor value = message.getDescriptorForType().findFieldByNumber(2);
            json.set(message.getField(key).toString(), one(message.getField(value)));
        }
        return json;
    }

    private static JsonNode one(Object value) {
        return switch (value) {
            case Message message -> of(message);
            case EnumValueDescriptor name -> NODES.stringNode(name.getName());
            case ByteString bytes -> NODES.stringNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case Boolean truth -> NODES.booleanNode(truth);
            case Integer number -> NODES.numberNode(number);
            // Numbers of 64 bits are strings, as readers of JSON may round them.
            case Long number -> NODES.stringNode(number.toString());
            case Float number -> NODES.numberNode(number);
            case Double number -> NODES.numberNode(number);
            default -> NODES.stringNode(value.toString());
        };
    }
}
