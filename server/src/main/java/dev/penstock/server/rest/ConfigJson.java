package dev.penstock.server.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes protocol buffers the way the protocol's clients read them from REST: names as in the .proto file, default
/// values present, and 64-bit integers as numbers, which the canonical mapping would make strings of.
final class ConfigJson {
    private ConfigJson() {}

    static void write(JsonGenerator json, Message message) {
        json.writeStartObject();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.hasPresence() && !message.hasField(field)) {
                continue;
            }
            json.writeName(field.getName());
            if (field.isMapField()) {
                writeMap(json, elements(message, field));
            } else if (field.isRepeated()) {
                writeList(json, field, elements(message, field));
            } else {
                writeValue(json, field, message.getField(field));
            }
        }
        json.writeEndObject();
    }

    private static List<?> elements(Message message, FieldDescriptor field) {
        return (List<?>) message.getField(field);
    }

    private static void writeMap(JsonGenerator json, List<?> entries) {
        json.writeStartObject();
        for (Object element : entries) {
            Message entry = (Message) element;
            List<FieldDescriptor> fields = entry.getDescriptorForType().getFields();
            json.writeName(entry.getField(fields.getFirst()).toString());
            writeValue(json, fields.getLast(), entry.getField(fields.getLast()));
        }
        json.writeEndObject();
    }

    private static void writeList(JsonGenerator json, FieldDescriptor field, List<?> elements) {
        json.writeStartArray();
        for (Object element : elements) {
            writeValue(json, field, element);
        }
        json.writeEndArray();
    }

    private static void writeValue(JsonGenerator json, FieldDescriptor field, Object value) {
        switch (field.getJavaType()) {
            case INT -> json.writeNumber((Integer) value);
            case LONG -> writeLong(json, field, (Long) value);
            case FLOAT -> json.writeNumber((Float) value);
            case DOUBLE -> json.writeNumber((Double) value);
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case STRING -> json.writeString((String) value);
            case BYTE_STRING ->
                json.writeString(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
            case ENUM -> json.writeString(((EnumValueDescriptor) value).getName());
            case MESSAGE -> write(json, (Message) value);
        }
    }

    private static void writeLong(JsonGenerator json, FieldDescriptor field, long value) {
        boolean unsigned = field.getType() == FieldDescriptor.Type.UINT64;
        json.writeNumber(unsigned ? Long.toUnsignedString(value) : Long.toString(value));
    }
}
