package dev.penstock.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import dev.penstock.core.BytesElements;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Moves the elements of string tensors as bytes, in the layout of [BytesElements]. Thread-safe.
///
/// The Java binding converts strings to and from the JVM's own variant of UTF-8, where NUL and every
/// character beyond U+FFFF are written differently: a model would not recognise an emoji of its vocabulary,
/// and would answer a garbled one. So this calls ONNX Runtime's C API, whose function table only ever grows
/// at its end.
// Calling by address is what this class is for; the program grants native access when it starts.
@SuppressWarnings("restricted")
final class StringAccess {
    private static final int GET_STRING_TENSOR_DATA_LENGTH = 53;
    private static final int GET_STRING_TENSOR_CONTENT = 54;
    private static final int GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER = 252;

    private final CApi api;
    private final MethodHandle tensorAddress;
    private final MethodHandle dataLength;
    private final MethodHandle content;
    private final MethodHandle elementBuffer;

    /// @throws IllegalStateException if the binding is not the one that this was written for
    StringAccess(CApi api) {
        this.api = api;
        try {
            tensorAddress = MethodHandles.privateLookupIn(OnnxTensorLike.class, MethodHandles.lookup())
                    .findGetter(OnnxTensorLike.class, "nativeHandle", long.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ONNX Runtime's tensors cannot be reached through this Java binding", e);
        }
        dataLength = api.function(GET_STRING_TENSOR_DATA_LENGTH, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        content = api.function(
                GET_STRING_TENSOR_CONTENT,
                FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
        elementBuffer = api.function(
                GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER,
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));
    }

    /// Fills `tensor`, which has one empty string for each element in `data`.
    ///
    /// @param data complete elements between position and limit; its position stays
    void write(OnnxTensor tensor, ByteBuffer data) throws OrtException {
        MemorySegment from = MemorySegment.ofBuffer(data);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = address(tensor);
            MemorySegment room = arena.allocate(ADDRESS);
            long at = 0;
            for (long element = 0; at < from.byteSize(); element++) {
                // The buffer's order is the layout's: little-endian, as that of every platform of ONNX Runtime.
                long length = Integer.toUnsignedLong(from.get(JAVA_INT_UNALIGNED, at));
                at += BytesElements.LENGTH_BYTES;
                api.check((MemorySegment) elementBuffer.invokeExact(value, element, length, room));
                MemorySegment to = room.get(ADDRESS, 0).reinterpret(length);
                MemorySegment.copy(from, at, to, 0, length);
                at += length;
            }
        } catch (OrtException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// How many bytes the characters of all elements take.
    long byteCount(OnnxTensor tensor) throws OrtException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocate(JAVA_LONG);
            api.check((MemorySegment) dataLength.invokeExact(address(tensor), length));
            return length.get(JAVA_LONG, 0);
        } catch (OrtException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Copies all elements out.
    ///
    /// @param elements how many `tensor` has, at least one
    /// @param byteCount what [#byteCount] said; with the lengths it must fit in an int
    /// @return little-endian, on the heap
    ByteBuffer read(OnnxTensor tensor, int elements, long byteCount) throws OrtException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment characters = arena.allocate(Math.max(byteCount, 1));
            MemorySegment offsets = arena.allocate(JAVA_LONG, elements);
            api.check((MemorySegment)
                    content.invokeExact(address(tensor), characters, byteCount, offsets, (long) elements));
            return join(characters.asSlice(0, byteCount), offsets, elements);
        } catch (OrtException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteBuffer join(MemorySegment characters, MemorySegment offsets, int elements) {
        int lengths = Math.multiplyExact(elements, BytesElements.LENGTH_BYTES);
        ByteBuffer joined = ByteBuffer.allocate(Math.addExact(lengths, Math.toIntExact(characters.byteSize())))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            long start = offsets.getAtIndex(JAVA_LONG, i);
            long end = i + 1 < elements ? offsets.getAtIndex(JAVA_LONG, i + 1L) : characters.byteSize();
            joined.putInt(Math.toIntExact(end - start));
            joined.put(characters.asSlice(start, end - start).asByteBuffer());
        }
        return joined.flip();
    }

    private MemorySegment address(OnnxTensor tensor) throws Throwable {
        return MemorySegment.ofAddress((long) tensorAddress.invokeExact((OnnxTensorLike) tensor));
    }
}
