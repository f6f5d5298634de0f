package dev.penstock.server.registry;

import dev.penstock.core.DataType;
import org.jspecify.annotations.Nullable;

/// The configuration's names for element types.
final class ConfigTypes {
    private ConfigTypes() {}

    /// @return null for a type that is not set
    static @Nullable DataType read(dev.penstock.proto.inference.DataType type) {
        return switch (type) {
            case TYPE_INVALID, UNRECOGNIZED -> null;
            case TYPE_STRING -> DataType.BYTES;
            default -> DataType.byName(type.name().substring("TYPE_".length()));
        };
    }

    static dev.penstock.proto.inference.DataType write(DataType type) {
        return type == DataType.BYTES
                ? dev.penstock.proto.inference.DataType.TYPE_STRING
                : dev.penstock.proto.inference.DataType.valueOf("TYPE_" + type.name());
    }
}
