package dev.penstock.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.penstock.core.ServingException;
import dev.penstock.server.wire.MessageLimit;
import dev.penstock.server.wire.MessageLimits;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads the messages of one type. Thread-safe.
///
/// A message is copied once, off the wire; its `bytes` fields are views of that copy.
final class MessageDecoder<T> {
    private final Parser<T> parser;
    private final Descriptor type;
    private final MessageLimit limit;

    private MessageDecoder(Parser<T> parser, Descriptor type, MessageLimit limit) {
        this.parser = parser;
        this.type = type;
        this.limit = limit;
    }

    /// @param marshaller a generated one
    static <T> MessageDecoder<T> of(Marshaller<T> marshaller, MessageLimit limit) {
        if (marshaller instanceof PrototypeMarshaller<T> known
                && known.getMessagePrototype() instanceof Message prototype) {
            // A prototype's parser makes what the prototype is.
            @SuppressWarnings("unchecked")
            Parser<T> parser = (Parser<T>) prototype.getParserForType();
            return new MessageDecoder<>(parser, prototype.getDescriptorForType(), limit);
        }
        throw new IllegalArgumentException(marshaller + " (expected: a marshaller of protobuf messages)");
    }

    /// @param fate counts what the message is once decompressed; null where the transport counts by itself
    /// @throws ServingException if the bytes are no such message, or one of absurdly many parts
    T decode(InputStream message, @Nullable StreamFate fate) {
        try {
            byte[] bytes = bytesOf(message);
            if (fate != null) {
                fate.decompressed(bytes.length);
            }
            MessageScan.check(bytes, type);
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            T decoded = parser.parseFrom(input);
            input.checkLastTagWas(0);
            return decoded;
        } catch (InvalidProtocolBufferException e) {
            throw malformed(e);
        } catch (IOException e) {
            // The stream is in memory: what can go wrong is decompression.
            throw malformed(e);
        } catch (StatusRuntimeException e) {
            // What the transport throws where a message grows over the limit while it is decompressed.
            throw limit.tooLargeDecompressed();
        }
    }

    private static byte[] bytesOf(InputStream message) throws IOException {
        return message instanceof KnownLength ? message.readNBytes(message.available()) : message.readAllBytes();
    }

    private ServingException malformed(IOException cause) {
        return MessageLimits.malformed(type.getName(), String.valueOf(cause.getMessage()));
    }
}
