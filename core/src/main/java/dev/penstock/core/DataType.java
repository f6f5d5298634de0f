package dev.penstock.core;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Element types of the Open Inference Protocol. The constants' names are the names on the wire.
public enum DataType {
    BOOL(1),
    UINT8(1),
    UINT16(2),
    UINT32(4),
    UINT64(8),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FP16(2),
    BF16(2),
    FP32(4),
    FP64(8),
    BYTES(0);

    private static final Map<String, DataType> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

    private final int byteSize;

    DataType(int byteSize) {
        this.byteSize = byteSize;
    }

    /// @return the type of that wire name, or null if there is none
    public static @Nullable DataType byName(String name) {
        return BY_NAME.get(name);
    }

    /// Bytes of one element; 0 for [#BYTES], whose elements have no fixed width.
    public int byteSize() {
        return byteSize;
    }

    public boolean hasFixedSize() {
        return byteSize != 0;
    }
}
