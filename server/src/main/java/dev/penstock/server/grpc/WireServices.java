package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.MessageLimit;
import dev.penstock.server.wire.RequestIds;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts [WireCall] and [WireListener] between the transport and services. Thread-safe.
final class WireServices {
    private final RequestIds requestIds;
    private final OpenStreams streams;
    private final MessageLimit limit;
    private final int compressFromBytes;
    private final boolean traced;

    /// Hands the bytes through: they are decoded later, in [WireListener].
    private enum Undecoded implements MethodDescriptor.Marshaller<InputStream> {
        INSTANCE;

        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            return stream;
        }
    }

    /// @param compressFromBytes answers of at least so many bytes are compressed for callers that take gzip
    /// @param traced whether anybody wants to know where calls come from
    WireServices(
            RequestIds requestIds, OpenStreams streams, MessageLimit limit, int compressFromBytes, boolean traced) {
        this.traced = traced;
        this.requestIds = requestIds;
        this.streams = streams;
        this.limit = limit;
        this.compressFromBytes = compressFromBytes;
    }

    ServerServiceDefinition wrap(ServerServiceDefinition service) {
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
            ServerMethodDefinition<?, ?> wrapped = wrap(method);
            methods.add(wrapped);
            descriptor.addMethod(wrapped.getMethodDescriptor());
        }
        ServerServiceDefinition.Builder wrapped = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(wrapped::addMethod);
        return wrapped.build();
    }

    private <Q, A> ServerMethodDefinition<InputStream, A> wrap(ServerMethodDefinition<Q, A> method) {
        MessageDecoder<Q> decoder =
                MessageDecoder.of(method.getMethodDescriptor().getRequestMarshaller(), limit);
        return ServerMethodDefinition.create(
                undecoded(method.getMethodDescriptor()), (wire, headers) -> start(wire, headers, method, decoder));
    }

    private static <Q, A> MethodDescriptor<InputStream, A> undecoded(MethodDescriptor<Q, A> method) {
        return method.toBuilder(Undecoded.INSTANCE, method.getResponseMarshaller())
                .build();
    }

    private <Q, A> ServerCall.Listener<InputStream> start(
            ServerCall<InputStream, A> wire,
            Metadata headers,
            ServerMethodDefinition<Q, A> method,
            MessageDecoder<Q> decoder) {
        Exposure exposure = Exposure.of(headers, requestIds);
        exposure.caller(Callers.of(
                headers.get(Exposure.CALLER), Callers.of(wire.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))));
        exposure.callerName(headers.get(Exposure.CALLER));
        if (traced) {
            exposure.from(headers, wire.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        }
        WireCall<Q, A> call = new WireCall<>(wire, headers, method.getMethodDescriptor(), exposure, compressFromBytes);
        streams.started(call);
        ServerCall.Listener<Q> handler = handler(call, headers, method.getServerCallHandler());
        return new WireListener<>(call, handler, decoder, limit, streams);
    }

    private static <Q, A> ServerCall.Listener<Q> handler(
            WireCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> service) {
        try {
            return Contexts.interceptCall(call.in(Context.current()), call, headers, service);
        } catch (RuntimeException e) {
            WireListener.failed(call, e);
            return new ServerCall.Listener<>() {};
        }
    }

    /// Answers every method that no service has.
    HandlerRegistry unknownMethods() {
        return new HandlerRegistry() {
            @Override
            public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
                return unknownMethod(name);
            }
        };
    }

    private ServerMethodDefinition<InputStream, InputStream> unknownMethod(String name) {
        MethodDescriptor<InputStream, InputStream> method = MethodDescriptor.newBuilder(
                        (MethodDescriptor.Marshaller<InputStream>) Undecoded.INSTANCE, Undecoded.INSTANCE)
                .setType(MethodDescriptor.MethodType.UNKNOWN)
                .setFullMethodName(name)
                .build();
        return ServerMethodDefinition.create(method, (wire, headers) -> {
            Exposure exposure = Exposure.of(headers, requestIds);
            new WireCall<>(wire, headers, method, exposure, Integer.MAX_VALUE)
                    .close(new ServingException(ErrorCode.UNSUPPORTED, "Method not found: " + name));
            return new ServerCall.Listener<>() {};
        });
    }
}
